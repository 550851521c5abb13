package io.dl4jext.experiments.evidence.page;

/** A part of a page. */
interface Block {

    /** Hands itself to whoever writes the page. */
    void to(PageWriter writer);
}
