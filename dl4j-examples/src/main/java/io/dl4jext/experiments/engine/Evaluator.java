package io.dl4jext.experiments.engine;

import io.dl4jext.experiments.data.BatchIterator;
import io.dl4jext.experiments.data.Examples;
import io.dl4jext.experiments.data.Layout;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.DataSetPreProcessor;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Mean cross-entropy and accuracy of a classifier on examples that it was not trained on. */
public final class Evaluator implements Function<Model, Score> {

    private static final int BATCH = 500;

    /** Probabilities below it count as this, so that one wrong certainty does not make the mean infinite. */
    private static final double SMALLEST = 1e-10;

    private final Examples examples;
    private final List<DataSet> batches = new ArrayList<>();

    public Evaluator(Examples examples, Layout layout) {
        this(examples, layout, null);
    }

    /** @param preProcessor what is done to the features, or null */
    public Evaluator(Examples examples, Layout layout, DataSetPreProcessor preProcessor) {
        this.examples = examples;
        BatchIterator ready = BatchIterator.inOrder(examples, layout, Math.min(BATCH, examples.size()));
        ready.setPreProcessor(preProcessor);
        ready.forEachRemaining(batches::add);
    }

    @Override
    public Score apply(Model network) {
        Evaluation evaluation = new Evaluation(examples.classes());
        double loss = 0;
        for (DataSet batch : batches) {
            INDArray output = Networks.output(network, batch.getFeatures());
            if (Double.isNaN(output.sumNumber().doubleValue())) {
                return ofDiverged(); // DL4J's Evaluation refuses it
            }
            evaluation.eval(batch.getLabels(), output);
            loss -= Transforms.log(Transforms.max(output, SMALLEST))
                    .muli(batch.getLabels())
                    .sumNumber()
                    .doubleValue();
        }
        return new Score(loss / examples.size(), evaluation.accuracy());
    }

    /**
     * Of a network that is not finite, in its parameters or in what it answers: that is the first class always, the
     * largest of NaNs. Its loss is NaN.
     */
    public Score ofDiverged() {
        int zeros = 0;
        for (int i = 0; i < examples.size(); i++) {
            zeros += examples.label(i) == 0 ? 1 : 0;
        }
        return new Score(Double.NaN, (double) zeros / examples.size());
    }
}
