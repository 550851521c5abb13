package io.dl4jext.experiments.network;

import io.dl4jext.experiments.data.RandomText;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Words classified by their vectors: an embedding of 5,000 words in 32 dimensions and softmax over ten classes. */
public final class WordEmbedding implements Workload {

    private static final int WORDS = 5000;
    private static final int DIMENSIONS = 32;
    private static final int CLASSES = 10;

    private final int batchSize;

    private WordEmbedding(int batchSize) {
        this.batchSize = batchSize;
    }

    /** Batches of 32. */
    public static WordEmbedding usual() {
        return new WordEmbedding(32);
    }

    @Override
    public int batchSize() {
        return batchSize;
    }

    @Override
    public WordEmbedding withBatchSize(Integer size) {
        return size == null ? this : new WordEmbedding(size);
    }

    @Override
    public Model network(IUpdater updater, long seed) {
        MultiLayerNetwork network = new MultiLayerNetwork(Architecture.common(updater, seed, DataType.FLOAT)
                .weightInit(WeightInit.XAVIER)
                .list()
                .layer(new EmbeddingLayer.Builder().nIn(WORDS).nOut(DIMENSIONS).build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(DIMENSIONS)
                        .nOut(CLASSES)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
        network.init();
        return network;
    }

    @Override
    public DataSet batch(long seed) {
        return RandomText.words(WORDS, CLASSES, batchSize, seed);
    }

    @Override
    public String toString() {
        return "embedding " + WORDS + "x" + DIMENSIONS + ", batch " + batchSize;
    }
}
