package io.dl4jext.experiments.implicit;

import io.dl4jext.experiments.data.ImageSet;
import io.dl4jext.experiments.data.Layout;
import io.dl4jext.implicit.ImplicitDenseLayer;
import io.dl4jext.implicit.ImplicitOutputLayer;
import io.dl4jext.implicit.activation.ActivationArcTan;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration.ListBuilder;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Classification of rows of numbers: three layers with as many arctan units as there are features, then softmax. */
final class TableTask implements Task {

    private static final int HIDDEN_LAYERS = 3;

    private final ImageSet data;
    private final ExampleBatches batches;
    private final FirstWeights firstWeights;

    TableTask(ImageSet data, int batchSize, FirstWeights firstWeights) {
        this.data = data;
        this.firstWeights = firstWeights;
        this.batches = new ExampleBatches(data.train(), Layout.FLAT, batchSize, null);
    }

    @Override
    public String name() {
        return data.name();
    }

    @Override
    public String description() {
        return data.name() + ": " + data.train().size() + " training examples, "
                + data.shape().size() + " features, " + data.classes()
                + " classes; three arctan layers, softmax; cross-entropy"
                + (firstWeights == FirstWeights.SMALL ? "; small first weights" : "");
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
        int features = data.shape().size();
        ListBuilder layers = common.list();
        for (int i = 0; i < HIDDEN_LAYERS; i++) {
            layers.layer(new ImplicitDenseLayer.Builder()
                    .nIn(features)
                    .nOut(features)
                    .activation(new ActivationArcTan())
                    .build());
        }
        return layers.layer(new ImplicitOutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(features)
                        .nOut(data.classes())
                        .activation(Activation.SOFTMAX)
                        .build())
                .build();
    }

    @Override
    public void prepare(MultiLayerNetwork network, long seed) {
        firstWeights.draw(network, seed);
    }

    @Override
    public OutputLoss loss() {
        return OutputLoss.CROSS_ENTROPY;
    }
}
