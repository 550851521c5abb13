package io.dl4jext.experiments.implicit;

import io.dl4jext.experiments.data.PianoRolls;
import io.dl4jext.implicit.ImplicitSimpleRnn;
import io.dl4jext.implicit.activation.ActivationArcTan;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.dataset.DataSet;

/**
 * Prediction of the next chord: a simple recurrent layer of 300 arctan units and a sigmoid for each key; a batch is one
 * piece. The output layer is a plain one in every arm: a linear layer under a linearised loss takes the explicit step.
 */
final class MusicTask implements Task {

    private static final int HIDDEN = 300;

    private final PianoRolls data;

    MusicTask(PianoRolls data) {
        this.data = data;
    }

    @Override
    public String name() {
        return data.name();
    }

    @Override
    public String description() {
        return data + "; " + HIDDEN + " recurrent arctan units, sigmoid; negative log likelihood of a chord";
    }

    @Override
    public int steps() {
        return data.size();
    }

    @Override
    public Iterable<DataSet> batches(long seed) {
        return data.shuffled(seed);
    }

    @Override
    public Iterable<DataSet> examples() {
        return data.inOrder();
    }

    @Override
    public MultiLayerConfiguration network(NeuralNetConfiguration.Builder common) {
        return common.list()
                .layer(new ImplicitSimpleRnn.Builder()
                        .nIn(PianoRolls.KEYS)
                        .nOut(HIDDEN)
                        .activation(new ActivationArcTan())
                        .build())
                .layer(new RnnOutputLayer.Builder(new ChordLikelihood())
                        .nIn(HIDDEN)
                        .nOut(PianoRolls.KEYS)
                        .activation(Activation.SIGMOID)
                        .build())
                .build();
    }

    @Override
    public OutputLoss loss() {
        return OutputLoss.CHORDS;
    }
}
