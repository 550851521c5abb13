package io.dl4jext.implicit.prox;

/** Which solution a {@link ProximalStep} takes where the stationarity condition of eq. (8) has several roots. */
public enum RootRule {

    /** The global minimum of eq. (8); among minimisers of equal value the one nearest zero. The default. */
    GLOBAL,

    /**
     * For arctan the real root nearest zero, as in section 4.3 of the paper: the first valley that descent from α = 0
     * reaches, which may be a local minimum only. Every other activation has its global minimum under this rule, too, as
     * the paper prescribes (Table 1, section 4.4).
     */
    NEAREST
}
