package io.dl4jext.experiments.optimisers;

import io.dl4jext.experiments.data.BatchIterator;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/** The test examples, ready in batches. */
final class TestExamples {

    /** Probabilities below it count as this, so that one wrong certainty does not make the mean infinite. */
    private static final double SMALLEST = 1e-10;

    private final List<INDArray> features = new ArrayList<>();
    private final List<int[]> labels = new ArrayList<>();

    TestExamples(BatchIterator iterator) {
        while (iterator.hasNext()) {
            DataSet batch = iterator.next();
            features.add(batch.getFeatures());
            labels.add(largest(batch.getLabels()));
        }
    }

    /**
     * Mean cross-entropy and accuracy. A network of NaN has loss NaN, and the accuracy of one that always answers with the first
     * class, which is what taking the largest of NaNs comes to.
     */
    CurvePoint measure(MultiLayerNetwork network, long steps, double trainLoss) {
        int examples = 0;
        int right = 0;
        double loss = 0;
        for (int b = 0; b < features.size(); b++) {
            INDArray output = network.output(features.get(b));
            float[] probabilities = rows(output);
            int classes = output.columns();
            int[] answers = largest(output);
            for (int i = 0; i < answers.length; i++) {
                int label = labels.get(b)[i];
                right += answers[i] == label ? 1 : 0;
                loss -= Math.log(Math.max(SMALLEST, probabilities[i * classes + label]));
            }
            examples += answers.length;
        }
        return new CurvePoint(steps, trainLoss, loss / examples, (double) right / examples);
    }

    private static float[] rows(INDArray array) {
        return array.dup('c').data().asFloat();
    }

    /** The column of the first largest value in each row. */
    private static int[] largest(INDArray array) {
        float[] values = rows(array);
        int columns = array.columns();
        int[] largest = new int[array.rows()];
        for (int i = 0; i < largest.length; i++) {
            for (int j = 1; j < columns; j++) {
                if (values[i * columns + j] > values[i * columns + largest[i]]) {
                    largest[i] = j;
                }
            }
        }
        return largest;
    }
}
