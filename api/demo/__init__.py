"""`pantau demo`: a simulated city, the whole platform over it, and a score of what it reported.

city         the simulators as a process
configuring  the files that an operator would have written, and the platform's processes
receiver     where messages arrive: signed webhooks on loopback
run          starts everything, carries out what the timeline leaves to the operator, ends it
report       what the platform said, read back through its own HTTP API
stored       what is read of its files when all is over
score        the one held against the other; told: the same for messages
usage        what the platform's processes cost
truth        a scripted day on virtual time, every figure reckoned a second time
"""
