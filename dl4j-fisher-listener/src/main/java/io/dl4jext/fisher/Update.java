package io.dl4jext.fisher;

import java.lang.ref.WeakReference;

/**
 * An update of the parameters and the passes that make it: one over a whole batch, which nobody announces, or several
 * over parts of one (gradient accumulation), each of them announced. Says what the present pass is, and keeps what is
 * known of the parts before.
 */
final class Update {

    /** What was announced of a pass. */
    private static final class Part {

        final boolean first;
        final boolean last;

        Part(boolean first, boolean last) {
            this.first = first;
            this.last = last;
        }
    }

    /** Null for a pass that was not announced. */
    private Part part;

    private boolean announced;
    private boolean inPass;
    /** What DL4J told of the present pass: the same again is the same event. */
    private WeakReference<Object> activations = new WeakReference<>(null);

    /** Whether the pass has had its gradient; of one that nobody announced, whether one before it had, too. */
    private boolean complete;

    private boolean several;
    private boolean open;
    private long examples;
    private double loss;
    private int doneIteration = -1;

    /** Whether the last update was one of an earlier iteration. */
    private boolean back;

    /**
     * A pass begins.
     *
     * @param ofPass the activations that DL4J hands to all listeners
     * @return false if it is known once it is announced, in this same event: a further part; or if it has begun, as the
     *     listener was added twice
     */
    boolean begin(Object ofPass) {
        boolean again = ofPass != null && activations.get() == ofPass;
        activations = new WeakReference<>(ofPass);
        if (again && inPass && !complete && part != null) {
            announced = false;
            return false;
        }
        if (complete && !announced && !isLast()) {
            // The next part, if it is announced now; else nobody goes on with the parts.
            inPass = true;
            return false;
        }
        if (!announced) {
            // One that a broken-off pass has left.
            part = null;
            several |= complete;
        }
        complete = false;
        announced = false;
        inPass = true;
        return part != null || !open;
    }

    /** @return false if its pass has yet to begin */
    boolean announce(boolean first, boolean last) {
        part = new Part(first, last);
        announced = true;
        complete = false;
        return inPass;
    }

    boolean isFirst() {
        return part == null || part.first;
    }

    boolean isLast() {
        return part == null || part.last;
    }

    boolean isWhole() {
        return isFirst() && isLast();
    }

    /** Whether parts before this one were seen. */
    boolean isOpen() {
        return open;
    }

    boolean isInPass() {
        return inPass;
    }

    /**
     * Whether another pass that was not announced had this number before: somebody adds gradients up and does not say
     * so.
     */
    boolean isRepeated(int iteration) {
        return part == null && iteration == doneIteration;
    }

    /** Whether several passes that were not announced have come to a gradient for this one update. */
    boolean isOfSeveral() {
        return part == null && several;
    }

    /** Whether later iterations than this one were seen before: somebody has set the network's counter back. */
    boolean isBehind(int iteration) {
        return iteration < doneIteration || back && iteration == doneIteration;
    }

    /** The first iteration that was not seen. */
    int next() {
        return doneIteration + 1;
    }

    /** All iterations may come again. */
    void beginAgain() {
        doneIteration = -1;
        back = false;
    }

    /** Whether an update of this number comes after all that were seen. */
    boolean isNext(int iteration) {
        return iteration > doneIteration;
    }

    /** The loss of a part is known: the mean over its examples. */
    void addLoss(double mean, int ofExamples) {
        loss += mean * ofExamples;
    }

    double loss(int ofExamples) {
        return loss / ofExamples;
    }

    /** The pass has come to its gradient; a part that is not the last is over with it. */
    void complete(int ofExamples) {
        if (!complete && !isLast()) {
            examples += ofExamples;
            open = true;
            inPass = false;
            announced = false;
        } else if (inPass && !announced && !isLast()) {
            part = null;
            forgetParts();
        }
        complete = true;
    }

    /**
     * The pass is over, and the update with it.
     *
     * @return how many examples were trained on
     */
    long end(int iteration, int ofExamples) {
        long all = part == null ? ofExamples : examples + ofExamples;
        back = iteration < doneIteration;
        doneIteration = Math.max(doneIteration, iteration);
        endPass();
        return all;
    }

    /** The pass is over, or was broken off. */
    void endPass() {
        part = null;
        announced = false;
        inPass = false;
        complete = false;
        several = false;
    }

    /** The parts before do not count. */
    void forgetParts() {
        open = false;
        examples = 0;
        loss = 0;
    }

    /** Another network trains. */
    void forget() {
        endPass();
        forgetParts();
        beginAgain();
    }
}
