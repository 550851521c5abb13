package io.dl4jext.experiments.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dl4jext.experiments.data.BatchIterator;
import io.dl4jext.experiments.data.ImageShape;
import io.dl4jext.experiments.data.Layout;
import io.dl4jext.experiments.data.RandomImages;
import io.dl4jext.experiments.network.Architecture;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.Sgd;

class ExperimentTest {

    private static final ImageShape SHAPE = new ImageShape(1, 2, 2);

    private final StringWriter err = new StringWriter();
    private final List<String> order = new ArrayList<>();

    private final class Tried extends Trial {

        private final double rate;

        Tried(String name, double rate) {
            super(name, 1, 2 * 3);
            this.rate = rate;
        }

        Training training() {
            order.add("make " + name());
            return new Training(
                            Architecture.MLP300.create(SHAPE, 2, new Sgd(rate), 1, DataType.FLOAT),
                            BatchIterator.inOrder(RandomImages.of(SHAPE, 2, 12, 1), Layout.FLAT, 4))
                    .epochs(2);
        }
    }

    private List<Run<Tried>> run(Tried... trials) throws IOException {
        return new Experiment("test", Path.of("folder"), new PrintWriter(err, true))
                .run(
                        List.of(trials),
                        Tried::training,
                        run -> run.steps + " steps",
                        (latest, all) -> order.add("after " + latest.trial.name() + " of " + all.size()));
    }

    @Test
    void trialsAreMadeRunAndToldOneAfterTheOther() throws IOException {
        List<Run<Tried>> runs = run(new Tried("a", 0.1), new Tried("b", 0.2));
        assertThat(order).containsExactly("make a", "after a of 1", "make b", "after b of 2");
        assertThat(err.toString().lines()).containsExactly(" 50 %, a: 6 steps (1 of 2)", "100 %, b: 6 steps (2 of 2)");
        assertThat(Run.of(runs, trial -> trial.rate == 0.2)).containsExactly(runs.get(1));
    }

    @Test
    void aPlanSeesEachRunBeforeItChoosesTheNext() throws IOException {
        List<Long> seen = new ArrayList<>();
        List<Run<Tried>> runs = new Experiment("test", Path.of("folder"), new PrintWriter(err, true))
                .run(
                        trainer -> {
                            seen.add(trainer.train(new Tried("a", 0.1)).steps);
                            trainer.skip(2 * 6);
                            seen.add(trainer.train(new Tried("b", 0.1)).steps);
                        },
                        4 * 6,
                        Tried::training,
                        run -> run.steps + " steps",
                        (latest, all) -> order.add("after " + latest.trial.name()));
        assertThat(seen).containsExactly(6L, 6L);
        assertThat(runs).hasSize(2);
        assertThat(order).containsExactly("make a", "after a", "make b", "after b");
        assertThat(err.toString().lines()).containsExactly(" 25 %, a: 6 steps (1)", "100 %, b: 6 steps (2)");
    }

    @Test
    void aTrialThatDivergesDoesNotEndTheExperiment() throws IOException {
        List<Run<Tried>> runs = run(new Tried("wild", 1e30), new Tried("tame", 0.1));
        assertThat(runs.get(0).diverged).isTrue();
        assertThat(runs.get(1).diverged).isFalse();
        assertThat(err.toString()).contains(" 50 %, wild", "100 %, tame");
    }

    @Test
    void whatGoesWrongAfterwardsEndsIt() {
        assertThatThrownBy(() -> new Experiment("test", Path.of("folder"), new PrintWriter(err, true))
                        .run(
                                List.of(new Tried("a", 0.1), new Tried("b", 0.1)),
                                Tried::training,
                                run -> "",
                                (latest, all) -> {
                                    throw new UserError("mine");
                                }))
                .hasMessage("mine");
        assertThat(order).containsExactly("make a");
    }
}
