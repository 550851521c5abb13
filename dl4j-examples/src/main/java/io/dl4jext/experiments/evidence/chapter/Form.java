package io.dl4jext.experiments.evidence.chapter;

import java.util.List;

/**
 * The two forms of the implicit step that are held against the claims of paper 4; the paper does not tell them apart.
 */
enum Form {
    /** The mean of the samples' own steps: the default of {@code ImplicitSgd}. */
    MEAN("implicit", "mean of steps"),
    /** Each sample with its part of the batch's loss, as in the authors' program. */
    SCALED("implicit-scaled", "b/B");

    /** Plain SGD, which both are compared with. */
    static final String EXPLICIT = "explicit";

    /** All three, as {@code --variants} takes them. */
    static final String ALL = EXPLICIT + "," + MEAN.variant + "," + SCALED.variant;

    /** As {@code --variants} and the files of results name it. */
    final String variant;

    /** For a reader. */
    final String words;

    Form(String variant, String words) {
        this.variant = variant;
        this.words = words;
    }

    /** Explicit training first. */
    static List<String> methods() {
        return List.of(EXPLICIT, MEAN.variant, SCALED.variant);
    }

    /** A method's name for a reader. */
    static String named(String method) {
        for (Form form : values()) {
            if (form.variant.equals(method)) {
                return "implicit, " + form.words;
            }
        }
        return method;
    }
}
