/**
 * What the papers claim and what becomes of it. A {@code Question} is a claim with a rule: {@code Trend} (a measure
 * grows with a setting), {@code Difference} (one setting is below another), {@code Near} (the paper's numbers are met),
 * {@code Breaks} (trainings fail), {@code Checked} (a number is as it is said). Questions that are looked at together
 * are decided together, with Holm's correction, and give each a {@code Finding}: verdict, reason, statistics. No
 * verdict is written down anywhere else.
 */
package io.dl4jext.experiments.evidence.claim;
