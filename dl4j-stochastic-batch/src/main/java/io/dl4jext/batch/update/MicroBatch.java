package io.dl4jext.batch.update;

/** One pass of a virtual batch: a part of its examples. */
public final class MicroBatch {

    private final boolean first;
    private final boolean last;
    private final int examples;
    private final int planned;

    /**
     * @param first whether the virtual batch begins with it
     * @param last whether the update comes after it
     * @param examples how many examples it has
     * @param planned how many the whole virtual batch has
     */
    public MicroBatch(boolean first, boolean last, int examples, int planned) {
        this.first = first;
        this.last = last;
        this.examples = examples;
        this.planned = planned;
    }

    /** Whether the virtual batch begins with it. */
    public boolean isFirst() {
        return first;
    }

    boolean isLast() {
        return last;
    }

    int examples() {
        return examples;
    }

    int planned() {
        return planned;
    }
}
