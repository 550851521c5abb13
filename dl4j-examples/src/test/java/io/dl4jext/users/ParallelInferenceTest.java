package io.dl4jext.users;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dl4jext.fisher.FisherHistory;
import io.dl4jext.fisher.FisherListener;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.parallelism.ParallelInference;
import org.deeplearning4j.parallelism.inference.InferenceMode;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** A network that trains with a piece answers through ParallelInference as it does by itself, and goes on training. */
@Tag("slow")
class ParallelInferenceTest {

    private static final int CLIENTS = 3;

    /** A crash would end all tests. */
    @BeforeAll
    static void notOnBeta7() {
        SeveralThreads.assumeSafe();
    }

    static Stream<Arguments> modes() {
        return Piece.inBothContainers()
                .flatMap(arguments -> Stream.of(InferenceMode.BATCHED, InferenceMode.SEQUENTIAL, InferenceMode.INPLACE)
                        .map(mode -> Arguments.of(arguments.get()[0], arguments.get()[1], mode)));
    }

    private static INDArray output(Model model, INDArray input) {
        return model instanceof MultiLayerNetwork
                ? ((MultiLayerNetwork) model).output(input)
                : ((ComputationGraph) model).outputSingle(input);
    }

    private static void assertAnswers(ParallelInference inference, Model model) throws Exception {
        INDArray inputs = Piece.VALIDATION.get(0).getFeatures();
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        try {
            List<Future<INDArray>> answers = new ArrayList<>();
            List<INDArray> questions = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                INDArray question = inputs.get(NDArrayIndex.interval(3 * i, 3 * i + 1 + i % 2))
                        .dup();
                questions.add(question);
                answers.add(clients.submit(() -> inference.output(question)));
            }
            for (int i = 0; i < questions.size(); i++) {
                INDArray expected = output(model, questions.get(i));
                assertThat(answers.get(i).get().distance2(expected)).isCloseTo(0, within(1e-12));
            }
        } finally {
            clients.shutdownNow();
        }
    }

    @ParameterizedTest
    @MethodSource("modes")
    void answersAndGoesOnTraining(Piece piece, boolean graph, InferenceMode mode) throws Exception {
        Model undisturbed = piece.network(graph);
        piece.attach(undisturbed);
        FisherListener alone =
                FisherListener.builder().everyIterations(1).failFast(true).build();
        undisturbed.addListeners(alone);
        Pieces.fit(undisturbed, piece.data(undisturbed), 2);
        FisherHistory history = alone.history();

        Model model = piece.network(graph);
        piece.attach(model);
        FisherListener fisher =
                FisherListener.builder().everyIterations(1).failFast(true).build();
        model.addListeners(fisher);
        Object data = piece.data(model);
        Pieces.fit(model, data, 1);
        ParallelInference inference = new ParallelInference.Builder(model)
                .inferenceMode(mode)
                .workers(2)
                .batchLimit(8)
                .build();
        try {
            assertAnswers(inference, model);
            Pieces.fit(model, data, 1);
            inference.updateModel(model);
            assertAnswers(inference, model);
        } finally {
            inference.shutdown();
        }
        Pieces.assertSameParameters(model, undisturbed);
        assertThat(fisher.history().summaries()).usingRecursiveComparison().isEqualTo(history.summaries());
    }
}
