package io.dl4jext.experiments.implicit;

import io.dl4jext.experiments.data.ImageSet;
import io.dl4jext.experiments.data.Layout;
import io.dl4jext.implicit.ImplicitDenseLayer;
import io.dl4jext.implicit.ImplicitOutputLayer;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration.ListBuilder;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Images as labels of themselves: pixels – 500 – 300 – 100 – 30 – 100 – 300 – 500 – pixels, relu units throughout. */
final class AutoencoderTask implements Task {

    private static final int[] HIDDEN = {500, 300, 100, 30, 100, 300, 500};

    private final ImageSet data;
    private final ExampleBatches batches;

    AutoencoderTask(ImageSet data, int batchSize) {
        this.data = data;
        this.batches =
                new ExampleBatches(data.train(), Layout.FLAT, batchSize, batch -> batch.setLabels(batch.getFeatures()));
    }

    @Override
    public String name() {
        return data.name();
    }

    @Override
    public String description() {
        StringBuilder sizes = new StringBuilder().append(data.shape().size());
        for (int size : HIDDEN) {
            sizes.append(':').append(size);
        }
        return data + "; autoencoder " + sizes.append(':').append(data.shape().size())
                + " of relu units; mean squared error";
    }

    @Override
    public int steps() {
        return batches.steps();
    }

    @Override
    public Iterable<DataSet> batches(long seed) {
        return batches.shuffled(seed);
    }

    @Override
    public Iterable<DataSet> examples() {
        return batches.inOrder();
    }

    @Override
    public MultiLayerConfiguration network(NeuralNetConfiguration.Builder common) {
        int pixels = data.shape().size();
        ListBuilder layers = common.activation(Activation.RELU).list();
        int inputs = pixels;
        for (int size : HIDDEN) {
            layers.layer(new ImplicitDenseLayer.Builder().nIn(inputs).nOut(size).build());
            inputs = size;
        }
        return layers.layer(new ImplicitOutputLayer.Builder(LossFunction.MSE)
                        .nIn(inputs)
                        .nOut(pixels)
                        .activation(Activation.RELU) // or DL4J takes softmax
                        .build())
                .build();
    }

    @Override
    public OutputLoss loss() {
        return OutputLoss.SQUARED_ERROR;
    }
}
