"""Reports: what a head of an agency puts before a mayor, and an assessor can reckon again.

    store, readings ─► making ─► Report (dataset) ─► tables ─┬─► faces.as_json
                                                             ├─► faces.as_csv   a file a table
                                                             ├─► faces.as_xlsx  a sheet a table
                                                             └─► faces.as_pdf   for people

One data set, four faces: a face chooses words and layout, never figures. What is a figure is cut
once, in the data set: percentages to three decimals and times to whole seconds, never rounded up.

    asking   what is asked for, and why it cannot be
    making   the data set: uptime, trend, outages, planned work, alarms, wifi, capacity
    tables   its tables, each column with what it holds
    words    what people read, in Indonesian and English
    summary  the sentences of the first page
    faces    the four files
    jobs     reports that were asked for: a folder each
    schedule the month's report by e-mail
"""
