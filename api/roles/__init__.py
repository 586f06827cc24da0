"""What one process of the platform does. Each module is imported by its own process alone.

supervised ──► collector      asks devices, decides, stores
├─► web            the API, live events, the wall
├─► alerts         tells people what is not well, where alerts.yaml says whom
└─► courier        carries readings to InfluxDB, where one is configured
"""
