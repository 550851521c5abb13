package io.dl4jext.experiments.evidence.chapter;

import io.dl4jext.experiments.evidence.claim.Finding;
import io.dl4jext.experiments.evidence.page.Page;
import java.util.List;

/** What a chapter found and shows. Immutable. */
public final class Contents {

    private final List<Finding> findings;
    private final Page page;

    /**
     * The contents.
     *
     * @param findings in the order in which they are to be read
     * @param page sections with tables and figures
     */
    public Contents(List<Finding> findings, Page page) {
        this.findings = List.copyOf(findings);
        this.page = page;
    }

    List<Finding> findings() {
        return findings;
    }

    Page page() {
        return page;
    }
}
