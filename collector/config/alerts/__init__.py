"""alerts.yaml: who is told what, by which way, and when, as people write it.

channels  what each kind of channel needs to be told
format    all the rest
sound     what is right in a file with mistakes
load      file and secrets → `AlertsFile`, every name in it held against what it refers to
"""

from collector.config.alerts.channels import CHANNELS, AnyChannel, ChannelShape
from collector.config.alerts.format import AlertsFile
from collector.config.alerts.load import LoadedAlerts, read_alerts

__all__ = ["CHANNELS", "AlertsFile", "AnyChannel", "ChannelShape", "LoadedAlerts", "read_alerts"]
