package io.dl4jext.experiments.evidence.page;

/** How a paragraph stands out. */
public enum TextKind {
    PLAIN,
    /** The first line of a page or chapter. */
    HEADLINE,
    /** What one must know to read what follows. */
    NOTE,
    /** What one may want to know. */
    SMALL
}
