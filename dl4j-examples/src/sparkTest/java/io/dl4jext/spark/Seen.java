package io.dl4jext.spark;

import java.io.Serializable;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.optimize.api.BaseTrainingListener;

/** Every iteration of every worker, for the driver to look at. */
final class Seen {

    private final TaskResults<Iteration> iterations;
    private int taken;

    static final class Iteration implements Serializable {

        private static final long serialVersionUID = 1L;

        final String executor = SparkEnv.get().executorId();
        final int worker = TaskContext.getPartitionId();
        final int number;
        final int epoch;
        final int batchSize;
        final double score;

        Iteration(int number, int epoch, int batchSize, double score) {
            this.number = number;
            this.epoch = epoch;
            this.batchSize = batchSize;
            this.score = score;
        }

        @Override
        public String toString() {
            return "executor " + executor + " worker " + worker + " epoch " + epoch + " iteration " + number + " batch "
                    + batchSize + " score " + score;
        }
    }

    Seen(JavaSparkContext spark) {
        iterations = new TaskResults<>(spark);
    }

    WorkerListener listener() {
        return listener(iterations);
    }

    /** Static: the listener may not hold this object, which stays on the driver. */
    private static WorkerListener listener(TaskResults<Iteration> seen) {
        return new WorkerListener(() -> new BaseTrainingListener() {
            @Override
            public void iterationDone(Model model, int iteration, int epoch) {
                seen.add(new Iteration(iteration, epoch, model.batchSize(), model.score()));
            }
        });
    }

    /** Since the last call, in the order of iterations and workers. */
    List<Iteration> take() {
        List<Iteration> all = iterations.all();
        List<Iteration> recent = all.subList(taken, all.size()).stream()
                .sorted(Comparator.comparingInt((Iteration iteration) -> iteration.number)
                        .thenComparing(iteration -> iteration.worker))
                .collect(Collectors.toList());
        taken = all.size();
        return recent;
    }
}
