package io.dl4jext.stochastic;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** A user's program: trains with stochastic batch sizes, draws. Prints what came of it. */
final class Drawing {

    private Drawing() {}

    public static void main(String[] arguments) {
        Path folder = Path.of(arguments[0]);
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(new StochasticBatch(0.1))
                .list()
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(3)
                        .nOut(2)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
        network.init();
        StochasticBatchListener listener = StochasticBatchListener.attachTo(network);
        DataSet batch = new DataSet(
                Nd4j.createFromArray(new float[][] {{1, 2, 3}, {3, 1, 2}}),
                Nd4j.createFromArray(new float[][] {{1, 0}, {0, 1}}));
        network.fit(batch);
        network.fit(batch);
        System.out.println("trained " + listener.statistics().iterations().length);
        report("png", () -> {
            listener.statistics().writePng(folder.resolve("updates.png"));
            return null;
        });
        report("svg", () -> {
            listener.statistics().writeSvg(folder.resolve("updates.svg"));
            return null;
        });
    }

    private static void report(String what, Callable<?> action) {
        try {
            action.call();
            System.out.println(what + ": written");
        } catch (Throwable e) {
            System.out.println(what + ": " + e);
        }
    }
}
