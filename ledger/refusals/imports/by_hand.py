"""The advice where a file does not say enough: what it tells of is recorded by hand."""

OUTAGE_BY_HAND = (
    "record its outages by hand with `slaledger incident open INCIDENT --account … --function … --started-at "
    "…` and pass `--skip ID` for it"
)
ALERT_BY_HAND = (
    "record it by hand with `slaledger incident open INCIDENT --account … --function … --started-at …` and "
    "leave it out with --skip LABEL=VALUE"
)
BILL_BY_HAND = (
    "enter this bill by hand with `slaledger fees bill BILL --account … --first-month … --billed-at … "
    "--product-fee … --call-fee …`"
)
