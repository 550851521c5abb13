package io.dl4jext.implicit.activation;

/** Which minimum of eq. (8) an implicit step takes where there are several. */
public enum RootRule {

    /**
     * The global minimum of eq. (8), for relu Table 1; among minimisers of equal value the one nearest zero. The
     * default.
     */
    GLOBAL,

    /**
     * The first minimum that descent from α = 0 reaches, which may be a local one only. For arctan it is the real root
     * nearest zero, as in section 4.3 of the paper; a relu that is off stays off (Table 1 lets it jump onto its slope
     * if that gains more than the way costs), as in the authors' program, which leaves that case out. In deep relu
     * networks under high learning rates the more stable one.
     */
    NEAREST
}
