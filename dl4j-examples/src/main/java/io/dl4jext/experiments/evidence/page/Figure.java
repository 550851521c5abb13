package io.dl4jext.experiments.evidence.page;

/** A picture with its caption. It is drawn anew for each place that it is shown in. */
public interface Figure {

    /** What the picture's file is called, without its ending: small letters, digits and hyphens. */
    String name();

    /** What it shows, in a line. */
    String caption();

    /** Whether there is nothing to draw. */
    boolean isEmpty();

    /**
     * Draws it.
     *
     * @param svg of the width that is wanted; the figure sets its height
     */
    void draw(Svg svg);
}
