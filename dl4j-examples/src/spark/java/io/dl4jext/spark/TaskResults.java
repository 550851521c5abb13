package io.dl4jext.spark;

import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.CollectionAccumulator;
import org.apache.spark.util.TaskCompletionListener;

/**
 * What listeners on the workers have for the driver: an accumulator of Spark's, found anew by each task. Gradient
 * sharing keeps the network of an executor's first task, and the listeners that came with it, for all later ones; what
 * these add to their own accumulator would be lost with the task that has long ended.
 *
 * @param <T> serialisable
 */
final class TaskResults<T extends Serializable> implements Serializable {

    private static final long serialVersionUID = 1L;

    /** The accumulators that came with the tasks that run in this JVM. */
    private static final Map<String, CollectionAccumulator<?>> OF_TASKS = new ConcurrentHashMap<>();

    private final CollectionAccumulator<T> accumulator = new CollectionAccumulator<>();

    TaskResults(JavaSparkContext spark) {
        spark.sc().register(accumulator);
    }

    /** On a worker, in the thread of a task. */
    @SuppressWarnings("unchecked") // what was found under the accumulator's own number is this accumulator
    void add(T result) {
        TaskContext task = TaskContext.get();
        CollectionAccumulator<T> ofTask = task == null ? null : (CollectionAccumulator<T>) OF_TASKS.get(key(task));
        (ofTask == null ? accumulator : ofTask).add(result);
    }

    /** On the driver: of all tasks that have ended. */
    List<T> all() {
        return List.copyOf(accumulator.value());
    }

    private String key(TaskContext task) {
        return accumulator.id() + " " + task.taskAttemptId();
    }

    private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
        in.defaultReadObject();
        TaskContext task = TaskContext.get();
        if (task != null) {
            String key = key(task);
            OF_TASKS.put(key, accumulator);
            task.addTaskCompletionListener((TaskCompletionListener) ended -> OF_TASKS.remove(key));
        }
    }
}
