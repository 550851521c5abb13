package io.dl4jext.stochastic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class SharedLoopTest {

    @AfterEach
    void clearInterrupt() {
        Thread.interrupted();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 4, 5, 9, 1000})
    void runsEachPartOnceAndKeepsTheOrder(int parts) {
        for (int run = 0; run < 200; run++) {
            assertThat(squares(parts)).isEqualTo(expected(parts));
        }
    }

    @Test
    void mayBeCalledFromManyThreadsAndFromThePoolItself() {
        IntStream.range(0, 200)
                .parallel()
                .forEach(call -> assertThat(squares(100)).isEqualTo(expected(100)));
    }

    @Test
    void helpersTakePart() {
        if (ForkJoinPool.getCommonPoolParallelism() == 0) {
            return;
        }
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        CountDownLatch two = new CountDownLatch(2);
        SharedLoop.run(8, part -> {
            if (threads.add(Thread.currentThread())) {
                two.countDown();
            }
            await(two);
            return part;
        });
        assertThat(threads).hasSizeGreaterThan(1).contains(Thread.currentThread());
    }

    /** The pool's threads all sleep: the caller does the work of all. */
    @Test
    void doesNotWaitForHelpersThatDoNotCome() {
        CountDownLatch end = new CountDownLatch(1);
        int pool = ForkJoinPool.getCommonPoolParallelism();
        CountDownLatch asleep = new CountDownLatch(pool);
        for (int i = 0; i < pool; i++) {
            ForkJoinPool.commonPool().execute(() -> {
                asleep.countDown();
                await(end);
            });
        }
        try {
            await(asleep);
            assertThat(squares(1000)).isEqualTo(expected(1000));
        } finally {
            end.countDown();
        }
    }

    /** A training may be a task of the pool for days, or share it with what is. */
    @Test
    void leavesNothingInTheQueues() throws Exception {
        ForkJoinPool own = new ForkJoinPool(1);
        try {
            long left = own.submit(() -> {
                        for (int i = 0; i < 100; i++) {
                            squares(1000);
                        }
                        return own.getQueuedTaskCount();
                    })
                    .get();
            assertThat(left).isZero();
        } finally {
            own.shutdown();
        }
        ForkJoinPool common = ForkJoinPool.commonPool();
        CountDownLatch end = new CountDownLatch(1);
        CountDownLatch asleep = new CountDownLatch(ForkJoinPool.getCommonPoolParallelism());
        for (long i = asleep.getCount(); i > 0; i--) {
            common.execute(() -> {
                asleep.countDown();
                await(end);
            });
        }
        try {
            await(asleep);
            int before = common.getQueuedSubmissionCount();
            for (int i = 0; i < 100; i++) {
                squares(1000);
            }
            assertThat(common.getQueuedSubmissionCount()).isEqualTo(before);
        } finally {
            end.countDown();
        }
    }

    @Test
    void waitsForAPartThatAHelperHas() {
        Thread caller = Thread.currentThread();
        Object[] results = SharedLoop.run(100, part -> {
            if (Thread.currentThread() != caller) {
                sleep(20);
            }
            return part * part;
        });
        assertThat(results).isEqualTo(expected(100));
    }

    @Test
    void anInterruptedCallerGetsAllPartsAndStaysInterrupted() {
        Thread caller = Thread.currentThread();
        caller.interrupt();
        Object[] results = SharedLoop.run(100, part -> {
            if (Thread.currentThread() != caller) {
                sleep(5);
            }
            return part * part;
        });
        assertThat(Thread.interrupted()).isTrue();
        assertThat(results).isEqualTo(expected(100));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 50, 99})
    void throwsWhatAPartThrewAfterAllWereRun(int failing) {
        AtomicIntegerArray runs = new AtomicIntegerArray(100);
        assertThatThrownBy(() -> SharedLoop.run(100, part -> {
                    runs.incrementAndGet(part);
                    if (part == failing) {
                        throw new IndexOutOfBoundsException("part " + part);
                    }
                    return part;
                }))
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessage("part " + failing);
        assertThat(IntStream.range(0, 100).map(runs::get)).containsOnly(1);
        assertThatThrownBy(() -> SharedLoop.run(100, part -> {
                    throw new AssertionError("part");
                }))
                .isInstanceOf(AssertionError.class);
    }

    private static Object[] squares(int parts) {
        return SharedLoop.run(parts, part -> part * part);
    }

    private static Object[] expected(int parts) {
        return IntStream.range(0, parts).mapToObj(part -> part * part).toArray();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void sleep(long milliseconds) {
        try {
            Thread.sleep(milliseconds);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
