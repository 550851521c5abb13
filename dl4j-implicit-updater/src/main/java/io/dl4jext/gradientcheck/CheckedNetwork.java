package io.dl4jext.gradientcheck;

import io.dl4jext.updater.internal.network.Network;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.api.TrainingConfig;
import org.deeplearning4j.nn.conf.layers.CenterLossOutputLayer;
import org.deeplearning4j.nn.params.CenterLossParamInitializer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A copy of a network with its own parameters and data: loss and gradient as in training, without l1, l2 and weight
 * decay, which DL4J adds later.
 */
final class CheckedNetwork {

    private final Network copy;
    private final MultiDataSet data;
    private final INDArray parameters;
    private final long seed;

    CheckedNetwork(Network network, MultiDataSet data, DataType type, long seed) {
        this.copy = network.copy(type, GradientCheck.CALLER);
        this.data = data;
        this.parameters = copy.model().params().reshape(copy.model().params().length());
        this.seed = seed;
    }

    /** The names of the trained tensors and where they begin and end. */
    List<CheckedTensor> tensors() {
        List<CheckedTensor> tensors = new ArrayList<>();
        for (Trainable layer : copy.trainables()) {
            boolean reached = copy.isReached(layer);
            for (Map.Entry<String, INDArray> tensor : layer.paramTable(false).entrySet()) {
                String name = tensor.getKey();
                long length = tensor.getValue().length();
                // Not in the order of the table: in depthwise and separable convolutions the bias, its last, lies
                // first.
                long from = tensor.getValue().offset() - parameters.offset();
                if (length > 0 && isLearned(layer, name) && reached) {
                    tensors.add(new CheckedTensor(layer.getConfig().getLayerName(), name, from, from + length));
                }
            }
        }
        return tensors;
    }

    /**
     * Not the averages of batch normalisation and not the centres of a center loss: what DL4J writes where their
     * gradients would be is how it moves them.
     */
    private static boolean isLearned(Trainable layer, String name) {
        TrainingConfig settings = layer.getConfig();
        boolean centre =
                settings instanceof CenterLossOutputLayer && name.equals(CenterLossParamInitializer.CENTER_KEY);
        return layer.updaterDivideByMinibatch(name) && !settings.isPretrainParam(name) && !centre;
    }

    double parameter(long index) {
        return parameters.getDouble(index);
    }

    /** Of the mean loss. */
    INDArray gradient() {
        seed();
        copy.pass(data);
        copy.clear();
        INDArray gradient = copy.model().gradient().gradient().castTo(DataType.DOUBLE);
        return gradient.div(copy.divisor(data)).reshape(gradient.length());
    }

    /** The mean loss. */
    double loss() {
        seed();
        double loss = copy.loss(data);
        copy.clear();
        return loss;
    }

    /**
     * The mean loss with one parameter at another value, or as near as its type comes.
     *
     * @return the loss and the change that the parameter really made
     */
    double[] lossAt(long index, double value) {
        double before = parameter(index);
        parameters.putScalar(index, value);
        double change = parameter(index) - before;
        double loss = loss();
        parameters.putScalar(index, before);
        return new double[] {loss, change};
    }

    /**
     * So that each pass has the same masks of dropout. The state is the one that setSeed would set; setSeed itself
     * (1.0.0-beta7) also sets back the position of scalar draws, which nobody can restore.
     */
    private void seed() {
        Nd4j.getRandom().setStates(seed, seed ^ 0xFFFFFFFFDEADBEEFL);
    }
}
