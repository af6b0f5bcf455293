/* The rules of bills, claims, vouchers and approvals (clauses 1, 3.1 and 3.2). */

class Claim {
  constructor() {
    this.filings = [];
    this.isWaiting = false;
    this.decisions = [];
    this.deciders = new Set();
    this.isApproved = false;
    this.disputes = [];
    this.isDisputed = false;
    /* What the month's vouchers hold: their amounts less what was cancelled of them. */
    this.held = 0n;
  }

  get filing() { return this.filings.at(-1); }
  get decision() { return this.decisions.at(-1); }
  get awarded() { return this.decision?.credit?.total_fen ?? 0n; }
  get due() { return this.awarded - this.held; }

  mustBeDecided() {
    must(this.decision !== undefined && !this.isWaiting && !this.filing.isWithdrawn, "no_decision_stands");
  }
}

Object.assign(RULES, {
  "fees.billed"(world, { data }) {
    world.enrolled();
    const bill = new Bill(data);
    mustAddUp(bill);
    world.bills.set(data.bill, bill);
  },

  "fees.corrected"(world, event) {
    const bill = world.known("bills", event.data.bill), marks = world.behind(event, "fees.offset_explained");
    must(!bill.isVoid, "is_void");
    const { bill: _, ...given } = event.data;
    must(Object.entries(given).some(([name, amount]) => (bill.amounts[name] ?? 0n) !== amount), "no_change");
    const changed = bill.copy();
    Object.assign(changed.amounts, given);
    for (const mark of marks) mark.data.bill === bill.name ? show(changed, mark) : must(false, "no_payment");
    mustAddUp(changed);
    const hasCalls = changed.amounts.call_fee_fen > 0n || changed.said("call") > 0n;
    must(!hasCalls || !world.latest().isSingle, "no_parts");
    for (const mark of marks) world.settled.add(mark);
  },

  "fees.offset_explained"(world, event) {
    const changed = world.known("bills", event.data.bill).copy();
    show(changed, event);
    mustAddUp(changed);
  },

  "fees.voided"(world, { data }) {
    mustTurn(world.known("bills", data.bill), true);
  },

  "fees.restored"(world, { data }) {
    mustTurn(world.known("bills", data.bill), false);
  },

  "fees.paid_by_voucher": standsAlone,
  "fees.payment_reversed": standsAlone,
  "claim.paid": standsAlone,
  "claim.payment_cancelled": standsAlone,

  /* Clause 3.2: once the month has ended; one claim a month, and another filing only where the one before came to nothing. */
  "claim.filed"(world, { data }) {
    world.enrolled();
    must(data.filed_at >= world.termsOf(data.month).month(data.month)[1], "month_not_ended");
    if (!world.claims.has(data.month)) world.claims.set(data.month, new Claim());
    const filing = { at: data.filed_at, statement: data.statement ?? null, isWithdrawn: false };
    const claim = world.claims.get(data.month);
    const same = claim.filings.findLast(({ at, statement }) => at === filing.at && statement === filing.statement);
    must(same === undefined || same.isWithdrawn, "stands_already");
    must(!claim.isWaiting, "claim_waits");
    must(claim.decision === undefined || claim.decision.outcome === "too_early" || claim.filing.isWithdrawn, "claim_decided");
    claim.filings.push(filing);
    claim.isWaiting = true;
  },

  /* What the customer sent stands right behind the filing. */
  "claim.evidenced"(world, event) {
    const last = world.known("lastOf", event.stream);
    must(last.topic === "claim.filed" && last.version === event.version - 1n && isOneCommand(last, event), "nothing_filed");
    must(event.data.evidence.length > 0, "says_nothing");
  },

  "claim.withdrawn"(world, { data }) {
    const claim = world.known("claims", data.month);
    must(claim.isWaiting, "no_claim_waits");
    claim.isWaiting = false;
    claim.filing.isWithdrawn = true;
  },

  "claim.decided"(world, event) {
    const { data: { month, decision: record }, owner } = event, claim = world.known("claims", month);
    if (!claim.isWaiting) {
      must(isWords(event.reason), "no_reason");
      claim.mustBeDecided();
      must(record.decided_at >= claim.decision.decided_at, "before_last_decision");
    }
    must(KINDS.at(record.decided_at) && record.decided_at >= claim.filing.at, "before_filing");
    must(record.decided_at <= event.recorded_at + AHEAD, "before_it_happened");
    const isIt = record.number === BigInt(claim.decisions.length + 1) && record.account === owner && record.month === month;
    must(isIt, "another_decision");
    must(equals(record.terms, world.termsOf(month).cited(record.format)), "other_terms");
    claim.decisions.push(record);
    claim.deciders.add(event.actor);
    claim.isWaiting = claim.isDisputed = claim.isApproved = false;
  },

  /* By a second person, of the latest decision, for all that is due, where the award is above the limit. */
  "claim.approved"(world, event) {
    const { data } = event, claim = world.known("claims", data.month), latest = claim.decision;
    must(claim.due > 0n && latest.outcome === "awarded", "nothing_due");
    must(!claim.isApproved, "stands_already");
    must(!claim.deciders.has(event.actor), "same_person");
    must(world.controls === null || world.needsApproval(claim), "no_approval_needed");
    const isOfIt = data.decision === latest.number && data.decision_sha256 === sha256Hex(textOf.get(latest));
    must(isOfIt && data.amount_fen === claim.due, "approves_otherwise");
    must(latest.facts.position <= data.position && data.position < event.position, "wrong_position");
    claim.isApproved = true;
  },

  "claim.disputed"(world, { data }) {
    const claim = world.known("claims", data.month);
    claim.mustBeDecided();
    const isSame = ({ at, grounds }) => at === data.disputed_at && grounds === data.grounds;
    must(!claim.isDisputed && !claim.disputes.some(isSame), "stands_already");
    must(data.disputed_at >= claim.filing.at, "before_filing");
    claim.disputes.push({ at: data.disputed_at, grounds: data.grounds });
    claim.isDisputed = true;
  },

  /* Clause 3.1: what the latest decision awards and no voucher holds; R28: under the terms of the month. */
  "voucher.issued"(world, event) {
    const { data } = event, claim = world.known("claims", data.month), latest = claim.decision;
    const least = world.rules >= LATEST_RULES ? later(claim.due, 1n) : 1n;
    must(least <= data.amount_fen && data.amount_fen <= claim.due, "not_due", { fen: later(claim.due, 0n) });
    must(data.decision === latest.number, "another_decision");
    must(data.issued_at >= latest.decided_at, "before_last_decision");
    must(data.version === world.termsOf(data.month).version, "other_terms");
    must(claim.isApproved || !world.needsApproval(claim), "not_approved");
    const { account, month, voucher, amount_fen } = data;
    world.mustHave(event, ["claim.paid", { account, month, voucher, amount_fen }]);
    world.vouchers.set(voucher, { issued: data, balance: amount_fen, count: 0n, redemptions: new Map(), cancelled: [] });
    claim.held += amount_fen;
  },

  "voucher.redeemed"(world, event) {
    const { data } = event, voucher = world.known("vouchers", data.voucher), bill = world.known("bills", data.bill);
    const { part, amount_fen: amount, redemption } = data;
    must(redemption === voucher.count + 1n, "wrong_number", { number: voucher.count + 1n });
    must(amount > 0n && amount <= voucher.balance, "above_balance", { fen: voucher.balance });
    must(!bill.isVoid, "is_void");
    must(data.redeemed_at >= voucher.issued.issued_at, "before_issue");
    mustPay(world, voucher, bill, part);
    must(![...voucher.redemptions.values()].some((one) => equals({ ...one, redemption }, { ...data })), "stands_already");
    const payment = { bill: data.bill, voucher: data.voucher, redemption };
    const paid = { ...payment, voucher_month: voucher.issued.month, part, amount_fen: amount };
    const third = world.own[world.place + 2];
    const isShown = third?.topic === "fees.offset_explained" && isOneCommand(third, event);
    const room = isShown ? bill.unexplained(part) : bill.owed(part);
    must(amount <= room, "above_bill", { fen: room });
    world.mustHave(event, ["fees.paid_by_voucher", paid], ...(isShown ? [["fees.offset_explained", payment]] : []));
    voucher.redemptions.set(redemption, data);
    voucher.count += 1n;
    voucher.balance -= amount;
  },

  "voucher.redemption_reversed"(world, event) {
    const voucher = world.known("vouchers", event.data.voucher), redeemed = voucher.redemptions.get(event.data.redemption);
    must(redeemed !== undefined, "no_redemption");
    const { bill, voucher: name, redemption } = redeemed;
    world.mustHave(event, ["fees.payment_reversed", { bill, voucher: name, redemption }]);
    voucher.redemptions.delete(redemption);
    voucher.balance += redeemed.amount_fen;
  },

  /* The first rules of recording did not ask for the claim's side. */
  "voucher.cancelled"(world, event) {
    const { data: { amount_fen: amount }, reason } = event, voucher = world.known("vouchers", event.data.voucher);
    must(amount > 0n && amount <= voucher.balance, "above_balance", { fen: voucher.balance });
    must(!voucher.cancelled.some((one) => one.amount === amount && one.reason === reason), "stands_already");
    const { account, month, voucher: name } = voucher.issued;
    if (world.rules >= LATEST_RULES || world.behind(event, "claim.payment_cancelled").length) {
      world.mustHave(event, ["claim.payment_cancelled", { account, month, voucher: name, amount_fen: amount }]);
    }
    voucher.cancelled.push({ amount, reason });
    voucher.balance -= amount;
    const claim = world.claims.get(month);
    claim.held -= amount;
    claim.isApproved = false;
  },
});

/** The other side of an act, without that act right before it. */
function standsAlone() {
  throw new Wrong("stands_alone");
}

/** Clause 1: the call fee is a part of the product fee, and vouchers pay no more of a part than it is. */
function mustAddUp(bill) {
  must(bill.fee("service") >= 0n, "calls_above_fee");
  for (const part of PARTS) {
    must(bill.unexplained(part) >= 0n, "shows_too_much");
    must(bill.said(part) <= bill.fee(part) && bill.owed(part) >= 0n, "paid_above_fee");
  }
}

/** Mark a payment that stands on the bill as one that its own offset shows. */
function show(bill, { data }) {
  const payment = Bill.payment(data);
  must(bill.payments.has(payment), "no_payment");
  must(!bill.shown.has(payment), "stands_already");
  bill.shown.add(payment);
}

function mustTurn(bill, isVoided) {
  must(bill.isVoid !== isVoided, "no_change");
  must(bill.payments.size === 0, "payment_stands");
}

/** R20, R21: a voucher pays later fees, and of them the parts that its terms say. */
function mustPay(world, voucher, bill, part) {
  const terms = world.known("versions", voucher.issued.version);
  must(part === "service" || !(terms.isSingle || terms.readings.voucher_pays === "service"), "pays_no_calls");
  const isByMonth = terms.readings.voucher_pays_later_by === "usage_month";
  const dated = isByMonth ? terms.month(bill.first)[0] : bill.amounts.billed_at;
  must(dated >= voucher.issued.issued_at, "bill_too_old");
}
