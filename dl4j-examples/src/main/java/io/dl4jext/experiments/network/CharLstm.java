package io.dl4jext.experiments.network;

import io.dl4jext.experiments.data.RandomText;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** The usual model of text by characters: two LSTMs of 128 units and softmax over 77 characters, on texts of 50. */
public final class CharLstm implements Workload {

    private static final int CHARACTERS = 77;
    private static final int LENGTH = 50;
    private static final int UNITS = 128;

    private final int batchSize;

    private CharLstm(int batchSize) {
        this.batchSize = batchSize;
    }

    /** Batches of 32. */
    public static CharLstm usual() {
        return new CharLstm(32);
    }

    @Override
    public int batchSize() {
        return batchSize;
    }

    @Override
    public CharLstm withBatchSize(Integer size) {
        return size == null ? this : new CharLstm(size);
    }

    @Override
    public Model network(IUpdater updater, long seed) {
        MultiLayerNetwork network = new MultiLayerNetwork(Architecture.common(updater, seed, DataType.FLOAT)
                .weightInit(WeightInit.XAVIER)
                .list()
                .layer(lstm(CHARACTERS))
                .layer(lstm(UNITS))
                .layer(new RnnOutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(UNITS)
                        .nOut(CHARACTERS)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
        network.init();
        return network;
    }

    private static LSTM lstm(int inputs) {
        return new LSTM.Builder()
                .nIn(inputs)
                .nOut(UNITS)
                .activation(Activation.TANH)
                .build();
    }

    @Override
    public DataSet batch(long seed) {
        return RandomText.characters(CHARACTERS, LENGTH, batchSize, seed);
    }

    @Override
    public String toString() {
        return "char-lstm " + CHARACTERS + "x" + LENGTH + ", batch " + batchSize;
    }
}
