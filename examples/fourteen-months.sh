# Fourteen months of a call-centre service, as a clerk types them: from the imported files to the vouchers.
#
# `make demo` runs these commands and shows them (examples/demo.py). They are a shell script, too:
#
#     SLALEDGER_URL=demo.db SLALEDGER_ACTOR=clerk sh -e examples/fourteen-months.sh
#
# The ledger is one for demonstrations. There --now is the time at which a command is given, and at which it is
# recorded: `history --known-at` then shows who knew what, and when.

# 2025-08  Seven accounts begin. 1001 cannot call for 105 minutes.
slaledger --now 2025-08-01T09:00:00+08:00 init --demo
slaledger --now 2025-08-01T09:30:00+08:00 batch examples/accounts.jsonl
slaledger --now 2025-08-19T14:10:00+08:00 incident open INC-2508-01 --account 1001 \
    --function agent_calls --started-at 2025-08-19T14:00:00+08:00
slaledger --now 2025-08-19T15:50:00+08:00 incident close INC-2508-01 \
    --ended-at 2025-08-19T15:45:00+08:00

# 2025-09  1001 claims, and gets a voucher. 1004's trunk fails twice.
slaledger --now 2025-09-01T09:00:00+08:00 import aliyun-bill examples/bills/2025-08.csv \
    --call-item 通话费
slaledger --now 2025-09-10T10:27:00+08:00 claim file 1001 2025-08 \
    --filed-at 2025-09-10T10:12:00+08:00 \
    --statement 'No calls for an hour and three quarters on 19 August'
slaledger --now 2025-09-11T09:35:00+08:00 import statuspage \
    examples/status-pages/1004-2025-09-11.json --account 1004 \
    --map 'Agent sign-in=agent_sign_in' --map 'Inbound routing=inbound_routing'
slaledger --now 2025-09-12T15:00:00+08:00 claim decide --all 2025-08
slaledger --now 2025-09-15T09:00:00+08:00 voucher issue --all 2025-08

# 2025-10  1006 joins. 1004 claims. 1008 gets no calls for 42 hours.
slaledger --now 2025-10-01T09:00:00+08:00 import aliyun-bill examples/bills/2025-09.csv \
    --call-item 通话费
slaledger --now 2025-10-09T09:30:00+08:00 account enroll 1006 \
    --enrolled-at 2025-10-01T00:00:00+08:00 --region cn-hangzhou
slaledger --now 2025-10-13T08:25:00+08:00 incident open INC-2510-01 --account 1008 \
    --function inbound_routing --started-at 2025-10-13T08:00:00+08:00
slaledger --now 2025-10-15T09:00:00+08:00 incident close INC-2510-01 \
    --ended-at 2025-10-15T02:00:00+08:00
slaledger --now 2025-10-16T11:20:00+08:00 claim file 1004 2025-09 \
    --filed-at 2025-10-16T11:05:00+08:00 --statement 'The trunk failed twice on 10 September'
slaledger --now 2025-10-20T14:00:00+08:00 claim decide --all 2025-09
slaledger --now 2025-10-20T14:30:00+08:00 voucher issue --all 2025-09

# 2025-11  A voucher pays a bill. The platform fails for everybody.
slaledger --now 2025-11-01T09:00:00+08:00 import aliyun-bill examples/bills/2025-10.csv \
    --call-item 通话费
slaledger --now 2025-11-03T10:05:00+08:00 voucher redeem V-1001-2025-08-1 --account 1001 \
    --bill aliyun:1001:2025-10 --part service --amount 155.60 \
    --redeemed-at 2025-11-03T10:00:00+08:00
slaledger --now 2025-11-10T09:15:00+08:00 claim file 1008 2025-10 \
    --filed-at 2025-11-10T09:00:00+08:00 --statement '42 hours without inbound calls'
slaledger --now 2025-11-12T16:00:00+08:00 claim decide --all 2025-10
slaledger --now 2025-11-13T09:00:00+08:00 voucher issue --all 2025-10
slaledger --now 2025-11-13T09:30:00+08:00 import statuspage \
    examples/status-pages/platform-2025-11-13.json --all-accounts \
    --map 'Agent sign-in=agent_sign_in' --map 'Agent calls=agent_calls' \
    --map 'Inbound routing=inbound_routing'

# 2025-12  One claim is withdrawn. A region fails for two hours.
slaledger --now 2025-12-01T09:00:00+08:00 import aliyun-bill examples/bills/2025-11.csv \
    --call-item 通话费
slaledger --now 2025-12-09T09:55:00+08:00 claim file 1002 2025-11 \
    --filed-at 2025-12-09T09:40:00+08:00
slaledger --now 2025-12-10T17:40:00+08:00 claim file 1005 2025-11 \
    --filed-at 2025-12-10T17:25:00+08:00 --key '1005 2025-11 filed'
slaledger --now 2025-12-11T09:20:00+08:00 claim withdraw 1005 2025-11 \
    --reason 'Filed for the wrong month by the customer'
slaledger --now 2025-12-15T10:00:00+08:00 claim decide --all 2025-11
slaledger --now 2025-12-16T20:20:00+08:00 incident open INC-2512-01 --region cn-hangzhou \
    --function inbound_routing --started-at 2025-12-16T20:00:00+08:00
slaledger --now 2025-12-17T09:00:00+08:00 incident close INC-2512-01 \
    --ended-at 2025-12-16T22:00:00+08:00
slaledger --now 2025-12-17T09:00:00+08:00 voucher issue --all 2025-11

# 2026-01  A claim is worth nothing. The platform fails again.
slaledger --now 2026-01-01T09:00:00+08:00 import aliyun-bill examples/bills/2025-12.csv \
    --call-item 通话费
slaledger --now 2026-01-05T09:35:00+08:00 voucher redeem V-1008-2025-10-1 --account 1008 \
    --bill aliyun:1008:2025-12 --part service --amount 2000.00 \
    --redeemed-at 2026-01-05T09:30:00+08:00
slaledger --now 2026-01-13T10:15:00+08:00 claim file 1005 2025-12 \
    --filed-at 2026-01-13T10:00:00+08:00
slaledger --now 2026-01-13T11:45:00+08:00 claim file 1006 2025-12 \
    --filed-at 2026-01-13T11:30:00+08:00
slaledger --now 2026-01-15T15:00:00+08:00 claim decide --all 2025-12
slaledger --now 2026-01-19T09:10:00+08:00 voucher issue --all 2025-12 \
    --issued-at 2026-01-16T09:00:00+08:00
slaledger --now 2026-01-21T09:30:00+08:00 import statuspage \
    examples/status-pages/platform-2026-01-21.json --all-accounts \
    --map 'Agent sign-in=agent_sign_in' --map 'Agent calls=agent_calls' \
    --map 'Inbound routing=inbound_routing'

# 2026-02  A false alarm is withdrawn. 1004 cannot sign in for hours.
slaledger --now 2026-02-01T09:00:00+08:00 import aliyun-bill examples/bills/2026-01.csv \
    --call-item 通话费
slaledger --now 2026-02-03T09:00:00+08:00 incident open INC-2602-01 --account 1006 \
    --function agent_sign_in --started-at 2026-02-03T08:55:00+08:00
slaledger --now 2026-02-03T11:30:00+08:00 incident withdraw INC-2602-01 \
    --reason 'False alarm: the probe itself was offline, agents worked'
slaledger --now 2026-02-03T14:05:00+08:00 voucher redeem V-1002-2025-11-1 --account 1002 \
    --bill aliyun:1002:2026-01 --part service --amount 160.00 \
    --redeemed-at 2026-02-03T14:00:00+08:00
slaledger --now 2026-02-09T09:25:00+08:00 claim file 1001 2026-01 \
    --filed-at 2026-02-09T09:10:00+08:00
slaledger --now 2026-02-10T09:45:00+08:00 claim file 1002 2026-01 \
    --filed-at 2026-02-10T09:30:00+08:00
slaledger --now 2026-02-12T09:35:00+08:00 import statuspage \
    examples/status-pages/1004-2026-02-12.json --account 1004 \
    --map 'Agent sign-in=agent_sign_in' --map 'Inbound routing=inbound_routing'
slaledger --now 2026-02-12T10:00:00+08:00 claim decide --all 2026-01
slaledger --now 2026-02-12T11:00:00+08:00 voucher issue --all 2026-01

# 2026-03  1009 joins the beta. 1003 has two outages.
slaledger --now 2026-03-01T09:00:00+08:00 import aliyun-bill examples/bills/2026-02.csv \
    --call-item 通话费
slaledger --now 2026-03-02T09:10:00+08:00 account enroll 1009 \
    --enrolled-at 2026-03-02T09:00:00+08:00 --stage public_beta --region cn-shanghai
slaledger --now 2026-03-18T09:30:00+08:00 import statuspage \
    examples/status-pages/platform-2026-03-18.json --all-accounts \
    --map 'Agent sign-in=agent_sign_in' --map 'Agent calls=agent_calls' \
    --map 'Inbound routing=inbound_routing'
slaledger --now 2026-03-27T09:10:00+08:00 incident open INC-2603-01 --account 1003 \
    --function agent_sign_in --started-at 2026-03-26T18:20:00+08:00
slaledger --now 2026-03-27T09:12:00+08:00 incident close INC-2603-01 \
    --ended-at 2026-03-26T19:02:00+08:00

# 2026-04  The beta is not covered. An outage goes on into May.
slaledger --now 2026-04-01T09:00:00+08:00 import aliyun-bill examples/bills/2026-03.csv \
    --call-item 通话费 --product 云呼叫中心
slaledger --now 2026-04-10T11:00:00+08:00 claim file 1009 2026-03 \
    --filed-at 2026-04-10T10:45:00+08:00
slaledger --now 2026-04-13T10:15:00+08:00 claim file 1003 2026-03 \
    --filed-at 2026-04-13T10:00:00+08:00 --statement '17 and 26 March together'
slaledger --now 2026-04-16T10:00:00+08:00 claim decide --all 2026-03
slaledger --now 2026-04-16T11:00:00+08:00 voucher issue --all 2026-03
slaledger --now 2026-04-30T22:45:00+08:00 incident open INC-2604-01 --account 1003 \
    --function inbound_routing --started-at 2026-04-30T22:24:00+08:00

# 2026-05  A claim comes too late. Maintenance was announced.
slaledger --now 2026-05-01T08:50:00+08:00 incident close INC-2604-01 \
    --ended-at 2026-05-01T01:48:00+08:00
slaledger --now 2026-05-01T09:00:00+08:00 import aliyun-bill examples/bills/2026-04.csv \
    --call-item 通话费 --product 云呼叫中心
slaledger --now 2026-05-06T09:15:00+08:00 claim file 1004 2026-02 \
    --filed-at 2026-05-06T09:00:00+08:00 \
    --statement 'Eight hours without sign-in on 11 February'
slaledger --now 2026-05-07T10:00:00+08:00 claim decide --all 2026-02
slaledger --now 2026-05-18T09:30:00+08:00 import statuspage \
    examples/status-pages/platform-2026-05-18.json --all-accounts \
    --map 'Agent sign-in=agent_sign_in' --map 'Agent calls=agent_calls' \
    --map 'Inbound routing=inbound_routing'
slaledger --now 2026-05-18T10:15:00+08:00 claim file 1003 2026-04 \
    --filed-at 2026-05-18T10:00:00+08:00 \
    --statement "The outage into Labour Day, April's part"
slaledger --now 2026-05-20T10:00:00+08:00 claim decide --all 2026-04
slaledger --now 2026-05-20T11:00:00+08:00 voucher issue --all 2026-04

# 2026-06  1005 is at exactly 99.8 %. 1009 leaves the beta.
slaledger --now 2026-06-01T09:00:00+08:00 import aliyun-bill examples/bills/2026-05.csv \
    --call-item 通话费
slaledger --now 2026-06-11T09:15:00+08:00 incident open INC-2606-01 --account 1005 \
    --function agent_sign_in --started-at 2026-06-11T09:00:00+08:00
slaledger --now 2026-06-11T10:35:00+08:00 incident close INC-2606-01 \
    --ended-at 2026-06-11T10:26:24+08:00
slaledger --now 2026-06-14T22:20:00+08:00 incident open INC-2606-02 --account 1009 \
    --function agent_calls --started-at 2026-06-14T22:00:00+08:00
slaledger --now 2026-06-15T08:40:00+08:00 incident close INC-2606-02 \
    --ended-at 2026-06-15T02:00:00+08:00
slaledger --now 2026-06-15T08:45:00+08:00 account restage 1009 --stage general \
    --changed-at 2026-06-15T00:00:00+08:00
slaledger --now 2026-06-15T10:15:00+08:00 claim file 1003 2026-05 \
    --filed-at 2026-06-15T10:00:00+08:00 \
    --statement "The outage into Labour Day, May's part"
slaledger --now 2026-06-16T16:15:00+08:00 claim file 1005 2026-05 \
    --filed-at 2026-06-16T16:00:00+08:00 --statement 'No inbound calls in the night to 17 May'
slaledger --now 2026-06-18T10:00:00+08:00 claim decide --all 2026-05
slaledger --now 2026-06-18T11:00:00+08:00 voucher issue --all 2026-05
slaledger --now 2026-06-23T09:10:00+08:00 incident open INC-2606-03 --account 1007 \
    --function inbound_routing --started-at 2026-06-23T09:00:00+08:00
slaledger --now 2026-06-23T10:30:00+08:00 incident close INC-2606-03 \
    --ended-at 2026-06-23T10:20:00+08:00 --key 'INC-2606-03 closed'

# 2026-07  A claim is too early; a redemption and a time were wrong.
slaledger --now 2026-07-01T09:00:00+08:00 import aliyun-bill examples/bills/2026-06.csv \
    --call-item 通话费
slaledger --now 2026-07-01T09:05:00+08:00 account close 1007 \
    --closed-at 2026-07-01T00:00:00+08:00
slaledger --now 2026-07-01T10:05:00+08:00 voucher redeem V-1003-2026-03-1 --account 1003 \
    --bill aliyun:1003:2026-06 --part call --amount 40.00 \
    --redeemed-at 2026-07-01T10:00:00+08:00 --key 'V-1003-2026-03-1 first'
slaledger --now 2026-07-01T11:20:00+08:00 voucher reverse V-1003-2026-03-1 1 \
    --reason 'Meant for the prepaid seats, not for the calls'
slaledger --now 2026-07-01T11:30:00+08:00 voucher redeem V-1003-2026-03-1 --account 1003 \
    --bill aliyun:1003:2026-06:3m --part service --amount 40.00 \
    --redeemed-at 2026-07-01T10:00:00+08:00
slaledger --now 2026-07-03T09:15:00+08:00 claim file 1007 2026-06 \
    --filed-at 2026-07-03T09:00:00+08:00
slaledger --now 2026-07-03T14:00:00+08:00 claim decide 1007 2026-06
slaledger --now 2026-07-13T09:15:00+08:00 claim file 1005 2026-06 \
    --filed-at 2026-07-13T09:00:00+08:00
slaledger --now 2026-07-14T09:15:00+08:00 claim file 1009 2026-06 \
    --filed-at 2026-07-14T09:00:00+08:00
slaledger --now 2026-07-20T09:15:00+08:00 claim file 1007 2026-06 \
    --filed-at 2026-07-20T09:00:00+08:00 \
    --statement 'Filed again in time, after the account was closed'
slaledger --now 2026-07-21T09:20:00+08:00 incident open INC-2607-01 --account 1001 \
    --function inbound_routing --started-at 2026-07-21T09:00:00+08:00
slaledger --now 2026-07-21T10:00:00+08:00 incident correct INC-2606-03 \
    --ended-at 2026-06-23T11:00:00+08:00 \
    --reason 'The call log shows the first routed call at 11:00'
slaledger --now 2026-07-21T17:40:00+08:00 incident close INC-2607-01 \
    --ended-at 2026-07-21T17:30:00+08:00
slaledger --now 2026-07-22T10:00:00+08:00 claim decide --all 2026-06
slaledger --now 2026-07-22T11:00:00+08:00 voucher issue --all 2026-06
slaledger --now 2026-07-23T11:00:00+08:00 exclusion apply INC-2607-01 --clause '2.3(1)' \
    --from 2026-07-21T10:00:00+08:00 --to 2026-07-21T16:00:00+08:00 \
    --reason 'The carrier reported a fault in its network' \
    --evidence carrier-fault-notice.pdf=952eb168ae95ed684d8458d922c5d0d802c2f635528c4821e497ce578ae7bff9 \
    --key 'INC-2607-01 carrier'

# 2026-08  1001 gets 183.97 for July: the carrier's part is excluded.
slaledger --now 2026-08-01T09:00:00+08:00 import aliyun-bill examples/bills/2026-07.csv \
    --call-item 通话费
slaledger --now 2026-08-11T09:35:00+08:00 claim file 1001 2026-07 \
    --filed-at 2026-08-11T09:20:00+08:00 \
    --statement 'No inbound calls from nine to half past five on 21 July'
slaledger --now 2026-08-13T10:00:00+08:00 claim decide --all 2026-07
slaledger --now 2026-08-14T09:00:00+08:00 voucher issue --all 2026-07
slaledger --now 2026-08-18T09:15:00+08:00 incident open INC-2608-01 --account 1004 \
    --function agent_calls --started-at 2026-08-18T09:00:00+08:00
slaledger --now 2026-08-18T11:10:00+08:00 incident close INC-2608-01 \
    --ended-at 2026-08-18T11:00:00+08:00

# 2026-09  Sign-in, calls and routing fail for everybody: 3 hours.
slaledger --now 2026-09-01T09:00:00+08:00 import aliyun-bill examples/bills/2026-08.csv \
    --call-item 通话费
slaledger --now 2026-09-10T09:30:00+08:00 import statuspage \
    examples/status-pages/platform-2026-09-10.json --all-accounts \
    --map 'Agent sign-in=agent_sign_in' --map 'Agent calls=agent_calls' \
    --map 'Inbound routing=inbound_routing'
slaledger --now 2026-09-15T10:15:00+08:00 claim file 1004 2026-08 \
    --filed-at 2026-09-15T10:00:00+08:00
slaledger --now 2026-09-15T15:20:00+08:00 incident open INC-2609-01 --account 1002 \
    --function inbound_routing --started-at 2026-09-15T15:00:00+08:00
slaledger --now 2026-09-15T15:22:00+08:00 incident close INC-2609-01 \
    --ended-at 2026-09-15T15:01:40+08:00
slaledger --now 2026-09-17T10:00:00+08:00 claim decide --all 2026-08
slaledger --now 2026-09-17T11:00:00+08:00 voucher issue --all 2026-08
slaledger --now 2026-09-22T08:40:00+08:00 incident open INC-2609-02 --account 1002 \
    --function agent_calls --started-at 2026-09-22T08:30:00+08:00
slaledger --now 2026-09-22T11:05:00+08:00 incident close INC-2609-02 \
    --ended-at 2026-09-22T11:00:00+08:00
slaledger --now 2026-09-24T15:30:00+08:00 exclusion apply INC-2609-02 --clause '2.3(6)' \
    --from 2026-09-22T09:10:00+08:00 --to 2026-09-22T10:30:00+08:00 \
    --reason "The customer's own firewall blocked the media ports" \
    --evidence firewall-log.txt=c281f9e3e7d9bc486f2c91671d01e54563ef6dc33f2921f74d6ffd6934da6d2b

# 2026-10  September is billed, and most of the claims come in.
slaledger --now 2026-10-01T09:00:00+08:00 import aliyun-bill examples/bills/2026-09.csv \
    --call-item 通话费
slaledger --now 2026-10-09T10:05:00+08:00 voucher redeem V-1002-2026-01-1 --account 1002 \
    --bill aliyun:1002:2026-09 --part call --amount 50.00 \
    --redeemed-at 2026-10-09T10:00:00+08:00
slaledger --now 2026-10-13T15:15:00+08:00 claim file 1008 2026-09 \
    --filed-at 2026-10-13T15:00:00+08:00 --statement 'Three hours on 9 September'
slaledger --now 2026-10-14T09:45:00+08:00 claim file 1002 2026-09 \
    --filed-at 2026-10-14T09:30:00+08:00 --statement '9, 15 and 22 September'
slaledger --now 2026-10-20T09:15:00+08:00 claim file 1001 2026-09 \
    --filed-at 2026-10-20T09:00:00+08:00
slaledger --now 2026-10-22T14:15:00+08:00 claim file 1003 2026-09 \
    --filed-at 2026-10-22T14:00:00+08:00

# 2026-11  1009 claims too. 1004 disputes the decision on August.
slaledger --now 2026-11-02T10:15:00+08:00 claim file 1009 2026-09 \
    --filed-at 2026-11-02T10:00:00+08:00
slaledger --now 2026-11-05T17:00:00+08:00 claim dispute 1004 2026-08 \
    --disputed-at 2026-11-05T16:40:00+08:00 \
    --grounds 'Our agents could not call before 13:00; call log attached'

## Who fell short in September, and what a claim gets.
slaledger breaches 2026-09

## The month's run: what waits for September is decided, then issued.
slaledger --now 2026-11-06T10:00:00+08:00 claim decide --all 2026-09
slaledger --now 2026-11-06T10:30:00+08:00 voucher issue --all 2026-09

## One decision, clause by clause. A make-up Saturday opens the window a day early;
## three functions were down at once; one outage is too short to count, and one is
## cut by an exclusion; a voucher that paid a part of the calls lowers their base.
slaledger claim explain 1002 2026-09

## A dispute: late evidence undoes an exclusion, a second voucher pays the rest.
slaledger --now 2026-11-10T10:40:00+08:00 claim dispute 1001 2026-07 \
    --disputed-at 2026-11-10T10:20:00+08:00 \
    --grounds 'The carrier says its network was in order on 21 July'
slaledger --now 2026-11-12T09:30:00+08:00 exclusion withdraw INC-2607-01 1 \
    --reason 'The carrier took its fault notice back'
slaledger --now 2026-11-13T14:00:00+08:00 claim redecide 1001 2026-07 \
    --reason 'Late evidence: no fault of the carrier'
slaledger --now 2026-11-16T09:00:00+08:00 voucher issue 1001 2026-07
slaledger claim show 1001 2026-07

## Who knew what, and when: July as it was known when its first voucher was issued,
## and what changed since.
slaledger history 1001 --month 2026-07 --known-at 2026-08-14T09:00:00+08:00 \
    --diff 2026-11-16T09:00:00+08:00

## What came in since.
slaledger --now 2026-11-16T09:45:00+08:00 claim file 1006 2026-09 \
    --filed-at 2026-11-16T09:30:00+08:00
slaledger --now 2026-11-17T11:00:00+08:00 voucher cancel V-1007-2026-06-1 \
    --reason 'The former customer gave it up in writing'
slaledger --now 2026-11-18T14:00:00+08:00 claim decide 1006 2026-09
slaledger --now 2026-11-19T17:20:00+08:00 claim file 1005 2026-09 \
    --filed-at 2026-11-19T17:05:00+08:00

## September's claims.
slaledger claim list --month 2026-09

## What is left of each voucher.
slaledger voucher list

## What waited in the middle of October, and what waits on 20 November.
slaledger worklist --known-at 2026-10-15T18:00:00+08:00
slaledger worklist --known-at 2026-11-20T18:00:00+08:00
