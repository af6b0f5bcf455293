/* Bills and vouchers' payments on them; the month's fees and the credit (clauses 1 and 3.1). */

const PARTS = ["service", "call"];

class Bill {
  constructor(data) {
    this.name = data.bill;
    this.amounts = { ...data };
    this.first = data.first_month;
    this.months = data.months;
    this.isVoid = false;
    this.payments = new Map();
    this.shown = new Set();
  }

  copy() {
    return Object.assign(Object.create(Bill.prototype), this, { amounts: { ...this.amounts }, shown: new Set(this.shown) });
  }

  static payment({ voucher, redemption }) {
    return `${voucher} ${redemption}`;
  }

  apply({ topic, data }) {
    if (topic === "fees.corrected") Object.assign(this.amounts, data);
    if (topic === "fees.voided") this.isVoid = true;
    if (topic === "fees.restored") this.isVoid = false;
    if (topic === "fees.paid_by_voucher") {
      this.payments.set(Bill.payment(data), { month: data.voucher_month, part: data.part, amount: data.amount_fen });
    }
    if (topic === "fees.payment_reversed") {
      this.payments.delete(Bill.payment(data));
      this.shown.delete(Bill.payment(data));
    }
    if (topic === "fees.offset_explained") this.shown.add(Bill.payment(data));
  }

  covers(month) {
    const place = monthsBetween(this.first, month);
    return place >= 0 && BigInt(place) < this.months;
  }

  /** R11: the part of an amount that falls on a month; the odd fen go to the earliest months, one each. */
  share(amount, month) {
    if (!this.covers(month)) return 0n;
    return amount / this.months + (BigInt(monthsBetween(this.first, month)) < amount % this.months ? 1n : 0n);
  }

  /** R12: the service fee is the product fee without the calls. */
  fee(part) {
    return part === "call" ? this.amounts.call_fee_fen : this.amounts.product_fee_fen - this.amounts.call_fee_fen;
  }

  said(part) {
    return this.amounts[`${part}_voucher_fen`] ?? 0n;
  }

  /** What the bill itself says was paid with vouchers, without the payments of this ledger that it shows. */
  unexplained(part) {
    const shown = [...this.payments].filter(([key, paid]) => this.shown.has(key) && paid.part === part);
    return this.said(part) - shown.reduce((sum, [, { amount }]) => sum + amount, 0n);
  }

  /** R12: what vouchers paid of a part, but for those that a month itself was awarded. */
  offset(part, month = null) {
    const paid = [...this.payments.values()].filter((one) => one.part === part && one.month !== month);
    return paid.reduce((sum, { amount }) => sum + amount, this.unexplained(part));
  }

  owed(part) {
    return this.fee(part) - this.offset(part);
  }
}

/** The bills that some events tell of, those that are void left out. */
function billsIn(events) {
  const found = new Map();
  for (const event of events.filter(({ topic }) => topic.startsWith("fees."))) {
    if (event.topic === "fees.billed") found.set(event.data.bill, new Bill(event.data));
    else found.get(event.data.bill).apply(event);
  }
  return [...found.values()].filter(({ isVoid }) => !isVoid);
}

/** R11, R12: the month's fees, and of each part what vouchers did not pay, in fen; all of it where the terms say gross. */
function basesOf(bills, month, terms) {
  const sum = (amountOf) => bills.reduce((found, bill) => found + bill.share(amountOf(bill), month), 0n);
  const product = sum((bill) => bill.amounts.product_fee_fen), call = sum((bill) => bill.amounts.call_fee_fen);
  const found = { product_fee_fen: product, call_fee_fen: call };
  for (const part of PARTS) {
    const fee = part === "call" ? call : product - call, offset = sum((bill) => bill.offset(part, month));
    found[part] = { fee_fen: fee, voucher_offset_fen: offset, net_fen: terms.isGross ? fee : later(0n, fee - offset) };
  }
  return found;
}

/** The most that a month is credited: a share of what was paid of the fee without vouchers, cut to the fen. */
function capOf({ service }, terms) {
  const share = terms.value("credit", "cap");
  if (share === undefined) return null;
  const paid = later(0n, service.fee_fen - service.voucher_offset_fen), { top, bottom } = times(whole(paid), percentage(share));
  return { share: percentage(share), paid, most: top / bottom };
}

/** Clause 3.1, R13: each part's credit to the fen, or the total to the fen, of which the call part has what is left. */
function creditOf(bases, tier, terms) {
  const rates = Object.fromEntries(PARTS.map((part) => [part, percentage(tier[`${part}_rate`] ?? "0%")]));
  const exact = PARTS.map((part) => times(whole(bases[part].net_fen), rates[part]));
  let [service, call] = exact.map(halfUp);
  if (terms.readings.rounding === "once_on_total") {
    const [one, two] = exact;
    call = halfUp(ratio(one.top * two.bottom + two.top * one.bottom, one.bottom * two.bottom)) - service;
  }
  service = earlier(service, capOf(bases, terms)?.most ?? service);
  return {
    service: { rate: shortest(rates.service), amount_fen: service },
    call: { rate: shortest(rates.call), amount_fen: call },
    total_fen: service + call,
  };
}
