package io.dl4jext.experiments.evidence.claim;

/** What a paper says. Immutable. */
public final class Claim {

    private final String text;
    private final String source;

    /**
     * A claim.
     *
     * @param text what holds, without a full stop
     * @param source where the paper says so, such as "section 4.1"
     */
    public Claim(String text, String source) {
        this.text = text;
        this.source = source;
    }

    public String text() {
        return text;
    }

    public String source() {
        return source;
    }
}
