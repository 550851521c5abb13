package io.dl4jext.batch.internal.accumulation;

/** One pass of an accumulated batch: a part of its examples. */
public final class MicroBatch {

    private final boolean first;
    private final boolean last;
    private final int examples;
    private final int updateExamples;

    /**
     * @param first whether the accumulated batch begins with it
     * @param last whether the update comes after it
     * @param examples how many examples it has
     * @param updateExamples how many the whole accumulated batch has
     */
    public MicroBatch(boolean first, boolean last, int examples, int updateExamples) {
        this.first = first;
        this.last = last;
        this.examples = examples;
        this.updateExamples = updateExamples;
    }

    /** Whether the accumulated batch begins with it. */
    public boolean isFirst() {
        return first;
    }

    /** Whether the update comes after it. */
    public boolean isLast() {
        return last;
    }

    int examples() {
        return examples;
    }

    int updateExamples() {
        return updateExamples;
    }
}
