package io.dl4jext.implicit.internal.prox;

/**
 * σ(u) = u³. Eq. (8) has no global minimum, as −|u|³ outweighs the quadratic; the step goes down from t = 0 instead:
 *
 * <ul>
 *   <li>to the local minimum, if it is there (1 + 12cp ≥ 0): the root nearest zero of 3p²t² − (6cp + 1)t + 3c² = 0;
 *   <li>else to the inflection point u = −1/(6p), where the descent is least steep, if it is on the way;
 *   <li>else nowhere, t = 0: all the way down the objective only grows steeper.
 * </ul>
 *
 * Continuous in c and p, never above the objective at t = 0, and σ'(c) for p → 0.
 */
final class CubeSlope extends ImpliedSlope {

    @Override
    double at(double c, double p) {
        double w = c * p;
        if (1 + 12 * w >= 0) {
            return 6 * c * c / (6 * w + 1 + Math.sqrt(1 + 12 * w));
        }
        return w > -1.0 / 6 ? (c + 1 / (6 * p)) / p : 0;
    }
}
