package io.dl4jext.batch.internal.accumulation;

import java.util.List;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Adds up the gradients of micro-batches. DL4J's gradients are sums over examples, so they simply add up; what DL4J
 * does not divide by the batch size (batch normalisation's running statistics) is averaged, weighted by examples.
 */
final class GradientSum {

    private INDArray sum;
    private int examples;

    boolean isEmpty() {
        return examples == 0;
    }

    int examples() {
        return examples;
    }

    void clear() {
        examples = 0;
    }

    /** Adds a gradient and sets it to zero, which makes DL4J's step after it none. */
    void take(INDArray gradient, List<INDArray> averaged, int batchSize) {
        averaged.forEach(part -> part.muli(batchSize));
        if (examples == 0) {
            if (sum == null || sum.length() != gradient.length() || sum.dataType() != gradient.dataType()) {
                try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
                    sum = gradient.dup();
                }
            } else {
                sum.assign(gradient);
            }
        } else {
            sum.addi(gradient);
        }
        examples += batchSize;
        gradient.assign(0);
    }

    /** Adds all that was taken to the last gradient and is empty again. */
    int addTo(INDArray gradient, List<INDArray> averaged, int batchSize) {
        int total = examples + batchSize;
        if (examples > 0) {
            averaged.forEach(part -> part.muli(batchSize));
            gradient.addi(sum);
            averaged.forEach(part -> part.divi(total));
        }
        clear();
        return total;
    }
}
