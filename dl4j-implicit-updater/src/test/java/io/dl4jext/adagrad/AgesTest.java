package io.dl4jext.adagrad;

import static org.assertj.core.api.Assertions.assertThat;

import io.dl4jext.implicit.Seeds;
import io.dl4jext.updater.internal.elementwise.StateUpdater;
import io.dl4jext.updater.internal.elementwise.VectorPart;
import io.dl4jext.updater.internal.elementwise.Ways;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A block of parameters of different ages, as after transfer learning with some states kept: every element goes on as
 * the formula says for its own number of steps, next to others of another age.
 */
class AgesTest {

    /** More than one chunk. */
    private static final int N = 5013;

    private static final int EARLIER = 12;
    private static final int STEPS = 8;

    static Stream<Arguments> cases() {
        List<Arguments> cases = new ArrayList<>();
        for (Member member : NewStateTest.members()) {
            if (member.scope() == AccumulatorScope.PARAMETER) {
                for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
                    cases.add(Arguments.of(member, type, Ways.LOOPS));
                    cases.add(Arguments.of(member, type, Ways.OPERATIONS));
                }
            }
        }
        return cases.stream();
    }

    @ParameterizedTest(name = "{0}, {1}, {2}")
    @MethodSource("cases")
    void goOnEachByItsOwnAge(Member member, DataType type, Ways way) {
        Random random = Seeds.random("ages, " + member + " " + type);
        Reference oldReference = member.reference.get();
        double[] oldExpected = rounded(random, type);
        INDArray oldParameters = Nd4j.createFromArray(oldExpected).castTo(type);
        INDArray oldState = Nd4j.zeros(type, member.updater.stateSize(N));
        StateUpdater old = way.of(member.updater.instantiate(oldState, true));
        for (int t = 0; t < EARLIER; t++) {
            double[] gradient = rounded(random, type);
            step(old, oldParameters, gradient, t);
            oldReference.step(oldExpected, gradient, new int[0], t, member.updater.getLearningRate());
        }

        Reference youngReference = member.reference.get();
        double[] youngExpected = rounded(random, type);
        double[] parameters = Nets.values(oldParameters);
        INDArray state = Nd4j.zeros(type, member.updater.stateSize(N));
        StateUpdater joined = way.of(member.updater.instantiate(state, true));
        double[] states = Nets.values(state);
        double[] oldStates = Nets.values(oldState);
        for (int i = 0; i < N; i++) {
            if (!isOld(i)) {
                parameters[i] = youngExpected[i];
            }
        }
        for (int i = 0; i < states.length; i++) {
            states[i] = isOld(i % N) ? oldStates[i] : states[i];
        }
        state.assign(Nd4j.createFromArray(states).castTo(type));
        INDArray all = Nd4j.createFromArray(parameters).castTo(type);
        for (int t = 0; t < STEPS; t++) {
            double[] gradient = rounded(random, type);
            step(joined, all, gradient, EARLIER + t);
            oldReference.step(oldExpected, gradient, new int[0], EARLIER + t, member.updater.getLearningRate());
            youngReference.step(youngExpected, gradient, new int[0], t, member.updater.getLearningRate());
        }

        double[] actual = Nets.values(all);
        double[] expected = new double[N];
        double ages = 0;
        for (int i = 0; i < N; i++) {
            expected[i] = isOld(i) ? oldExpected[i] : youngExpected[i];
            ages = Math.max(ages, Math.abs(oldExpected[i] - youngExpected[i]));
        }
        Nets.assertClose(actual, expected, type == DataType.DOUBLE ? 1e-12 : 2e-5);
        assertThat(ages).isGreaterThan(0.01);
    }

    /** Alternating in the first chunk; whole runs, with borders within chunks, behind it. */
    private static boolean isOld(int i) {
        return i < 2048 ? i % 3 == 0 : i / 700 % 2 == 0;
    }

    private static void step(StateUpdater updater, INDArray parameters, double[] values, int iteration) {
        INDArray gradient = Nd4j.createFromArray(values).castTo(parameters.dataType());
        BoundBlock.step(updater, new VectorPart(gradient, 0, N), 0, new VectorPart(parameters, 0, N), 0, iteration, 0);
        parameters.subi(gradient);
    }

    private static double[] rounded(Random random, DataType type) {
        double[] values = random.doubles(N, -2, 2).toArray();
        for (int i = 0; i < N; i++) {
            values[i] = type == DataType.FLOAT ? (float) values[i] : values[i];
        }
        return values;
    }
}
