package io.dl4jext.stochastic;

import java.util.concurrent.CountDownLatch;
import org.deeplearning4j.core.storage.StatsStorageRouter;
import org.deeplearning4j.core.storage.listener.RoutingIterationListener;
import org.deeplearning4j.optimize.api.BaseTrainingListener;

/**
 * For ParallelWrapper: each worker copies it when it has its network. ParallelWrapper's second worker copies the
 * network while the first may be training it already; data that wait for {@link #workers} come after all have their
 * copies.
 */
final class Ready extends BaseTrainingListener implements RoutingIterationListener {

    private static final long serialVersionUID = 1L;
    final transient CountDownLatch workers;

    Ready(int workers) {
        this(new CountDownLatch(workers));
    }

    private Ready(CountDownLatch workers) {
        this.workers = workers;
    }

    @Override
    public RoutingIterationListener clone() {
        workers.countDown();
        return new Ready(workers);
    }

    @Override
    public void setStorageRouter(StatsStorageRouter router) {}

    @Override
    public StatsStorageRouter getStorageRouter() {
        return null;
    }

    @Override
    public void setWorkerID(String workerID) {}

    @Override
    public String getWorkerID() {
        return null;
    }

    @Override
    public void setSessionID(String sessionID) {}

    @Override
    public String getSessionID() {
        return null;
    }
}
