/* The steps of a decision: each clause with what went in and what came out, in the order of docs/dossier.md. */

function stepsOf(terms) {
  const made = [];
  const step = (clause, name, inputs, result) => made.push({ clause, step: name, inputs, result });
  const { readings, isSingle } = terms;

  function exclusion(incident, { data, reason }) {
    const pieces = [data.evidence ?? []].flat();
    const isBound = readings.maintenance_excluded === "announced" && data.announced_from !== undefined;
    step(data.clause, "exclusion", {
      incident: incident.name,
      exclusion: data.exclusion,
      from_at: data.from_at ?? incident.started_at,
      to_at: data.to_at ?? incident.ended_at,
      notified_at: data.notified_at ?? null,
      reason,
      evidence: pieces.map(({ sha256: hash }) => hash),
      ...(isBound ? { announced_from_at: data.announced_from, announced_to_at: data.announced_to } : {}),
    }, "excluded");
  }

  function fees(bills, { product_fee_fen: product, service, call }) {
    const parts = isSingle ? {} : { call_fee_fen: call.fee_fen, service_fee_fen: service.fee_fen };
    step(terms.clause("fees.parts", "service.period"), "fees", { bills, ...parts }, product);
  }

  function cap(bases, total) {
    const found = capOf(bases, terms);
    if (found === null) return;
    const inputs = { share: shortest(found.share), paid_fen: found.paid, reached: total === found.most };
    step(terms.clause("credit.cap"), "cap", inputs, found.most);
  }

  return {
    made,

    terms(month, start, end) {
      const { version_in_force } = readings;
      const inputs = { month, month_start: start, month_end: end, effective_at: terms.effectiveAt, version_in_force };
      step(terms.clause("amendments.notice_days"), "terms", inputs, terms.version);
    },

    window({ filed_at, window: { nth_workday, opens_at, closes_at } }, timing) {
      const clause = terms.clause(
        "claims.closes_after_months", "claims.closes_after_days", "claims.closes", "claims.opens_after_working_day");
      step(clause, "window", { filed_at, nth_workday, opens_at, closes_at }, timing);
    },

    coverage(covered, total, isAny) {
      step(terms.clause("service.beta_covered"), "coverage", { covered_us: covered, total_us: total }, isAny);
    },

    availability(episodes, incidents, result) {
      const named = new Set(episodes.flatMap((one) => one.incidents));
      const inOrder = incidents.filter(({ name }) => named.has(name)).sort((a, b) => {
        if (a.started_at !== b.started_at) return a.started_at < b.started_at ? -1 : 1;
        return a.name < b.name ? -1 : 1;
      });
      for (const incident of inOrder) {
        for (const cause of incident.causes) if (incident.standing.has(cause.data.exclusion)) exclusion(incident, cause);
      }
      const clause = terms.clause("service.minimum_outage_seconds");
      const minimum = terms.needed("service", "minimum_outage_seconds");
      for (const { start, end, incidents: names, length_us, counted_us, ...rest } of episodes) {
        step(clause, "episode", { start, end, incidents: names, length_us, minimum_seconds: minimum, ...rest }, counted_us);
      }
      const measured = `${result.numerator}/${result.denominator}`;
      step(clause, "unavailable", { episodes: episodes.length }, result.unavailable_us);
      const inputs = { total_us: result.total_us, unavailable_us: result.unavailable_us };
      step(terms.clause("measure.kind"), "availability", inputs, measured);
      const compared = { commitment: shortest(terms.commitment), availability: measured };
      step(terms.clause("commitment.availability"), "commitment", compared, result.meets_commitment);
    },

    credit(bills, bases, credit, number) {
      const parts = isSingle ? [["fee", "service"]] : PARTS.map((part) => [part, part]);
      const tier = terms.document.tiers[number - 1];
      fees(bills, bases);
      const clause = terms.clause("fees.base", "vouchers.cash");
      for (const [name, part] of parts) {
        const { fee_fen, voucher_offset_fen, net_fen } = bases[part];
        const gross = terms.isGross ? { gross: true } : {};
        step(clause, "base", { part: name, fee_fen, voucher_offset_fen, ...gross }, net_fen);
      }
      const bound = (text) => (text === undefined ? null : shortest(percentage(text)));
      step(tier.clause, "tier", { below: bound(tier.below), at_least: bound(tier.at_least) }, number);
      for (const [name, part] of parts) {
        const { rate, amount_fen } = credit[part], net = bases[part].net_fen;
        const uncapped = isSingle ? halfUp(times(whole(net), percentage(rate))) : amount_fen;
        step(tier.clause, "credit", { part: name, net_fen: net, rate }, uncapped);
      }
      cap(bases, credit.total_fen);
      const amounts = isSingle ? {} : { service_fen: credit.service.amount_fen, call_fen: credit.call.amount_fen };
      const remedy = terms.remedy === "voucher" ? {} : { remedy: terms.remedy };
      step(tier.clause, "total", { ...amounts, rounding: readings.rounding, ...remedy }, credit.total_fen);
    },

    minimum(total, minimum) {
      const inputs = { minimum_fen: minimum, credit_fen: total };
      step(terms.clause("credit.minimum_credit"), "minimum", inputs, total > minimum);
    },
  };
}
