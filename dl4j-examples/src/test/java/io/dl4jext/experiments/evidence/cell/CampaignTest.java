package io.dl4jext.experiments.evidence.cell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dl4jext.experiments.engine.Progress;
import io.dl4jext.experiments.evidence.cell.CellState.Kind;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With made-up cells; {@link KilledCampaignTest} has real ones. */
class CampaignTest {

    private static final List<Cell> PLAN = List.of(
            new Cell("one", 1, List.of("command", "1")),
            new Cell("two", 2, List.of("command", "2")),
            new Cell("three", 3, List.of("command", "3")));

    @TempDir
    Path folder;

    private final List<String> ran = new ArrayList<>();

    /** Writes a file into its folder; fails, or is broken off, at a given cell. */
    private CellRunner runner(String fails, String brokenOff) {
        return (arguments, share, log, meanwhile) -> {
            String number = arguments.get(1);
            ran.add(number);
            Path results = Files.createDirectories(Path.of(arguments.get(arguments.indexOf("--output") + 1)));
            assertThat(results).isEmptyDirectory();
            Files.writeString(results.resolve("half.txt"), "half of " + number);
            Files.writeString(log, "line of " + number + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            meanwhile.run();
            if (number.equals(brokenOff)) {
                throw new UncheckedIOException(new IOException("broken off"));
            }
            if (number.equals(fails)) {
                return 2;
            }
            Files.writeString(results.resolve("whole.txt"), "all of " + number);
            return 0;
        };
    }

    private Campaign campaign() throws IOException {
        return new Campaign(folder, PLAN, DataFolder.none(), false, cell -> true);
    }

    private static List<Kind> kinds(Campaign campaign) {
        return campaign.states().values().stream().map(CellState::kind).collect(Collectors.toList());
    }

    private static void run(Campaign campaign, CellRunner runner) throws IOException {
        campaign.run(runner, 1, Progress.silent(), () -> {});
    }

    @Test
    void everyCellIsRunOnce() throws IOException {
        Campaign first = campaign();
        assertThat(kinds(first)).containsOnly(Kind.NOT_YET);
        run(first, runner("", ""));
        assertThat(ran).containsExactly("1", "2", "3");
        assertThat(kinds(first)).containsOnly(Kind.DONE);
        Campaign second = campaign();
        assertThat(second.left()).isEmpty();
        run(second, runner("", ""));
        assertThat(ran).hasSize(3);
        CellState state = second.states().get(PLAN.get(1));
        assertThat(state.results().orElseThrow().resolve("whole.txt")).hasContent("all of 2");
        Done done = state.done().orElseThrow();
        assertThat(done.versions()).containsOnlyKeys("pack", "dl4j");
        assertThat(done.hardware()).containsKeys("processor", "processors", "java");
        assertThat(Files.readString(state.results().orElseThrow().resolveSibling("done.json")))
                .contains("\"command\" : \"java -jar dl4j-examples.jar command 2\"", "\"key\"", "\"seconds\"");
    }

    @Test
    void whatWasBrokenOffIsRunAnewTheRestIsKept() throws IOException {
        assertThatThrownBy(() -> run(campaign(), runner("", "2"))).hasMessageContaining("broken off");
        Campaign again = campaign();
        assertThat(kinds(again)).containsExactly(Kind.DONE, Kind.NOT_YET, Kind.NOT_YET);
        ran.clear();
        run(again, runner("", ""));
        assertThat(ran).containsExactly("2", "3");
        assertThat(kinds(again)).containsOnly(Kind.DONE);
    }

    @Test
    void aFailedCellIsToldAndTheOthersGoOn() throws IOException {
        Campaign campaign = campaign();
        List<Integer> after = new ArrayList<>();
        campaign.run(runner("2", ""), 1, Progress.silent(), () -> after.add(ran.size()));
        assertThat(kinds(campaign)).containsExactly(Kind.DONE, Kind.FAILED, Kind.DONE);
        assertThat(campaign.failed()).containsExactly(PLAN.get(1));
        assertThat(campaign.states().get(PLAN.get(1)).fault())
                .contains("exit code 2")
                .endsWith("line of 2");
        assertThat(after).containsExactly(1, 2, 3);
        assertThat(kinds(campaign())).as("it is tried again").containsExactly(Kind.DONE, Kind.NOT_YET, Kind.DONE);
    }

    /** As one that was still being copied when the report was begun. */
    @Test
    void aCellWhoseDataChangedHasFailed() throws IOException {
        Path data = Files.createDirectories(folder.resolve("data").resolve("uci"));
        Path table = Files.writeString(data.resolve("car.csv"), "1,2\n");
        List<Cell> plan = List.of(new Cell("car", 1, List.of("command", "1", "--file", "{UCI}/car.csv")));
        Campaign campaign = new Campaign(folder, plan, DataFolder.at(data.getParent()), false, cell -> true);
        run(campaign, (arguments, share, log, meanwhile) -> {
            Files.writeString(table, "1,2\n3,4\n");
            return runner("", "").run(arguments, share, log, meanwhile);
        });
        assertThat(campaign.failed()).isEqualTo(plan);
        assertThat(campaign.states().get(plan.get(0)).fault()).contains("car.csv did not");

        ran.clear();
        Campaign old = new Campaign(folder, plan, DataFolder.at(data.getParent()), false, cell -> true);
        Files.writeString(table, "1,2\n");
        run(old, runner("", ""));
        assertThat(old.failed()).isEqualTo(plan);
        assertThat(ran).as("it would be for nothing").isEmpty();

        Campaign again = new Campaign(folder, plan, DataFolder.at(data.getParent()), false, cell -> true);
        assertThat(kinds(again)).containsOnly(Kind.NOT_YET);
        run(again, runner("", ""));
        assertThat(kinds(again)).containsOnly(Kind.DONE);
    }

    /** A file that was being written when the machine went down. */
    @Test
    void halfADoneFileIsNone() throws IOException {
        run(campaign(), runner("", ""));
        Path done;
        try (Stream<Path> files = Files.walk(folder)) {
            done = files.filter(file ->
                            file.endsWith("done.json") && file.toString().contains("three"))
                    .findFirst()
                    .orElseThrow();
        }
        String whole = Files.readString(done);
        for (String broken : List.of(
                whole.substring(0, whole.length() / 2),
                "",
                "{}",
                "[]",
                "null",
                "{\"cell\":1}",
                whole.replaceFirst("(?s)\"versions\" : \\{.*?\\}", "\"versions\" : null"),
                whole.replaceFirst("\"dl4j\" : \".*?\"", "\"dl4j\" : null"),
                whole.replaceFirst("(?s)\"hardware\" : \\{.*?\\}", "\"hardware\" : null"),
                whole.replaceFirst("\"java\" : \".*?\"", "\"java\" : null"),
                whole.replaceFirst("\"data\" : \\{ \\}", "\"data\" : null"),
                whole.replaceFirst("\"data\" : \\{ \\}", "\"data\" : {\"MNIST\" : null}"),
                whole.replaceFirst("\"data\" : \\{ \\}", "\"data\" : {\"MNIST\" : {\"a\" : null}}"))) {
            Files.writeString(done, broken);
            assertThat(kinds(campaign())).as(broken).containsExactly(Kind.DONE, Kind.DONE, Kind.NOT_YET);
        }
    }

    /** Cut at the end of a line, it would pass for a table of fewer seeds. */
    @Test
    void aTableThatIsNotAsItsCellHasLeftItIsRunAnew() throws IOException {
        CellRunner writes = (arguments, share, log, meanwhile) -> {
            ran.add(arguments.get(1));
            Path results = Files.createDirectories(Path.of(arguments.get(arguments.indexOf("--output") + 1)));
            Files.writeString(results.resolve("runs.csv"), "seed,loss\n1,0.5\n2,0.6\n");
            return 0;
        };
        Campaign first = campaign();
        run(first, writes);
        Path table = first.states().get(PLAN.get(1)).results().orElseThrow().resolve("runs.csv");
        Files.writeString(table, "seed,loss\r\n1,0.5\r\n2,0.6\r\n");
        assertThat(kinds(campaign())).as("other ends of lines").containsOnly(Kind.DONE);
        Files.writeString(table, "seed,loss\n1,0.5\n");
        Campaign again = campaign();
        assertThat(kinds(again)).containsExactly(Kind.DONE, Kind.NOT_YET, Kind.DONE);
        assertThat(again.damages())
                .containsExactly(
                        "cell two counts as not run: " + table + ": not as the cell has left it; it is run anew");
        assertThat(again.damages()).as("told once").isEmpty();
        Campaign others = new Campaign(folder, PLAN, DataFolder.none(), false, cell -> false);
        assertThat(others.damages())
                .singleElement()
                .asString()
                .endsWith("put the file back, or run it anew by --cells two");
        ran.clear();
        run(again, writes);
        assertThat(ran).containsExactly("2");
        assertThat(kinds(campaign())).containsOnly(Kind.DONE);
        Files.delete(table);
        Campaign gone = campaign();
        assertThat(kinds(gone)).containsExactly(Kind.DONE, Kind.NOT_YET, Kind.DONE);
        assertThat(gone.damages())
                .containsExactly("cell two counts as not run: " + table
                        + ": expected a file, found nothing there; it is run anew");
        // As a cell that an earlier version has run.
        Path done = table.resolveSibling("..").normalize().resolve(Done.FILE);
        Files.writeString(done, Files.readString(done).replaceFirst("(?s),\\s*\"tables\" : \\{.*?\\}", ""));
        assertThat(Files.readString(done)).doesNotContain("runs.csv");
        assertThat(kinds(campaign()))
                .as("it says of no table that it was there")
                .containsOnly(Kind.DONE);
        Files.writeString(table, "seed,loss\n1,0.5\n");
        assertThat(kinds(campaign())).containsOnly(Kind.DONE);
    }

    /** What is done no longer stands there while the results are made anew. */
    @Test
    void aDamagedCellThatIsBrokenOffIsNotDone() throws IOException {
        Campaign campaign = campaign();
        run(campaign, runner("", ""));
        Path results = campaign.states().get(PLAN.get(1)).results().orElseThrow();
        assertThat(campaign.takeBack(results.resolve("runs.csv").toString(), "torn"))
                .isTrue();
        assertThat(campaign.takeBack(folder.resolve("else.csv").toString(), "torn"))
                .isFalse();
        assertThat(kinds(campaign)).containsExactly(Kind.DONE, Kind.NOT_YET, Kind.DONE);
        assertThat(campaign.others()).as("it is to be run anew").isZero();
        assertThatThrownBy(() -> run(campaign, runner("", "2"))).hasMessageContaining("broken off");
        assertThat(kinds(campaign())).containsExactly(Kind.DONE, Kind.NOT_YET, Kind.DONE);
    }

    @Test
    void otherSettingsAndVersionsStayWhereTheyAre() throws IOException {
        run(campaign(), runner("", ""));
        List<Cell> changed = List.of(PLAN.get(0), new Cell("two", 2, List.of("command", "2", "--more")));
        Campaign other = new Campaign(folder, changed, DataFolder.none(), false, cell -> true);
        assertThat(kinds(other)).containsExactly(Kind.DONE, Kind.NOT_YET);
        assertThat(other.others()).isEqualTo(2);
        run(other, runner("", ""));
        assertThat(campaign().left()).isEmpty();
        assertThat(kinds(new Campaign(folder, changed, DataFolder.none(), true, cell -> true)))
                .containsOnly(Kind.DONE);
    }

    /** As if an earlier version had written it: the same arguments and data, another key. */
    @Test
    void anotherVersionsCellCountsOnlyWhereItMay() throws IOException {
        run(campaign(), runner("", ""));
        Path cells = folder.resolve("cells");
        Path own;
        try (Stream<Path> all = Files.list(cells)) {
            own = all.filter(cell -> cell.getFileName().toString().startsWith("one-"))
                    .findFirst()
                    .orElseThrow();
        }
        Path earlier = Files.move(own, cells.resolve("one-0123456789ab"));
        Path done = earlier.resolve("done.json");
        Files.writeString(
                done, Files.readString(done).replaceFirst("\"key\" : \"[0-9a-f]+\"", "\"key\" : \"0123456789ab\""));
        assertThat(kinds(campaign())).containsExactly(Kind.NOT_YET, Kind.DONE, Kind.DONE);
        Campaign any = new Campaign(folder, PLAN, DataFolder.none(), true, cell -> true);
        assertThat(kinds(any)).containsOnly(Kind.DONE);
        assertThat(any.states().get(PLAN.get(0)).results()).contains(earlier.resolve("results"));
    }

    @Test
    void cellsWithoutTheirDataAreSkipped() throws IOException {
        List<Cell> plan = List.of(PLAN.get(0), new Cell("music", 1, List.of("command", "9", "--data-dir", "{JSB}")));
        Campaign campaign = new Campaign(folder, plan, DataFolder.none(), false, cell -> true);
        assertThat(kinds(campaign)).containsExactly(Kind.NOT_YET, Kind.SKIPPED);
        run(campaign, runner("", ""));
        assertThat(ran).containsExactly("1");
        assertThat(kinds(campaign)).containsExactly(Kind.DONE, Kind.SKIPPED);
    }

    /** The record can be passed on. */
    @Test
    void whereTheDataLayIsNotTold() throws IOException {
        Path place = Files.createDirectories(folder.resolve("of mine").resolve("jsb"));
        Files.writeString(place.resolve("jsb-chorales.json"), "{}");
        List<Cell> plan = List.of(new Cell("music", 1, List.of("command", "9", "--data-dir", "{JSB}")));
        Campaign campaign = new Campaign(folder, plan, DataFolder.at(place.getParent()), false, cell -> true);
        run(campaign, runner("", ""));
        Path done = campaign.states().get(plan.get(0)).results().orElseThrow().resolveSibling(Done.FILE);
        assertThat(Files.readString(done))
                .contains("\"java -jar dl4j-examples.jar command 9 --data-dir DIR/jsb\"", "jsb-chorales.json")
                .doesNotContain("of mine");
    }

    /** A process of an earlier run that still writes there is not to be disturbed. */
    @Test
    void resultsThatSomebodyWritesAreLeftAlone() throws IOException {
        assertThatThrownBy(() -> run(campaign(), runner("", "1"))).hasMessageContaining("broken off");
        Path results;
        try (Stream<Path> files = Files.walk(folder)) {
            results = files.filter(file -> file.endsWith("results")).findFirst().orElseThrow();
        }
        try (FileChannel other = FileChannel.open(
                        results.resolve(".running"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = other.lock()) {
            assertThat(lock.isValid()).isTrue();
            assertThatThrownBy(() -> run(campaign(), runner("", "")))
                    .hasMessageContaining("expected a folder that no other process writes to");
        }
        assertThat(results.resolve("half.txt")).exists();
    }

    @Test
    void theProgressIsToldAllOfTheWork() throws IOException {
        long[] told = new long[1];
        Campaign campaign = campaign();
        long work = campaign.work();
        Progress progress = new Progress() {
            @Override
            public void started(String name) {}

            @Override
            public void advanced(long more) {
                assertThat(more).isNotNegative();
                told[0] += more;
            }

            @Override
            public void late(String name) {
                throw new AssertionError(name);
            }

            @Override
            public void finished(String line) {
                assertThat(line).matches("(one|two|three): (done|FAILED) in \\d+\\.\\d min \\(\\d of 3\\)");
            }

            @Override
            public void close() {}
        };
        campaign.run(runner("2", ""), 1, progress, () -> {});
        assertThat(told[0]).isEqualTo(work).isEqualTo(6 * 60_000);
    }

    /** A cell is said to take as long as it does as a rule. */
    @Test
    void aCellThatTakesLongerIsToldSoOnce() throws IOException {
        StringWriter told = new StringWriter();
        List<Cell> plan = List.of(new Cell("short", 1e-4, List.of("short")), new Cell("other", 1000, List.of("other")));
        Campaign campaign = new Campaign(folder, plan, DataFolder.none(), false, cell -> true);
        CellRunner runner = (arguments, share, log, meanwhile) -> {
            for (int look = 0; look < 5; look++) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
                meanwhile.run();
            }
            return 0;
        };
        try (Progress progress = Progress.of("report", campaign.work(), new PrintWriter(told))) {
            campaign.run(runner, 1, progress, () -> {});
        }
        assertThat(told.toString().lines()).hasSize(3).startsWith("  0 %, short, longer than expected");
    }

    private static final List<Cell> MANY = List.of(
            new Cell("a", 1, List.of("a")),
            new Cell("timed", 1, List.of("timed")).alone(),
            new Cell("b", 1, List.of("b")),
            new Cell("c", 1, List.of("c")),
            new Cell("d", 1, List.of("d")));

    private Campaign many() throws IOException {
        return new Campaign(folder, MANY, DataFolder.none(), false, cell -> true);
    }

    /**
     * Two wait for each other, twice; the one that is to be alone comes first, and nothing is begun before it has
     * ended.
     */
    @Test
    void twoCellsAtATimeAndOneAlone() throws IOException {
        CyclicBarrier two = new CyclicBarrier(2);
        AtomicInteger atWork = new AtomicInteger();
        List<String> begun = Collections.synchronizedList(new ArrayList<>());
        Thread caller = Thread.currentThread();
        List<String> told = new ArrayList<>();
        Campaign campaign = many();
        campaign.run(
                (arguments, share, log, meanwhile) -> {
                    begun.add(arguments.get(0));
                    int now = atWork.incrementAndGet();
                    boolean alone = arguments.get(0).equals("timed");
                    assertThat(now).isLessThanOrEqualTo(alone ? 1 : 2);
                    meanwhile.run();
                    if (!alone) {
                        await(two);
                    }
                    atWork.decrementAndGet();
                    return 0;
                },
                2,
                Progress.silent(),
                () -> told.add(Thread.currentThread() == caller ? "here" : "elsewhere"));
        assertThat(begun).startsWith("timed").containsExactlyInAnyOrder("timed", "a", "b", "c", "d");
        assertThat(begun.subList(1, 3)).containsExactlyInAnyOrder("a", "b");
        assertThat(told).hasSize(5).containsOnly("here");
        assertThat(kinds(campaign)).containsOnly(Kind.DONE);
        int processors = Runtime.getRuntime().availableProcessors();
        assertThat(done(campaign, "a").hardware())
                .containsEntry("cells at a time", "2")
                .containsEntry("OMP_NUM_THREADS", String.valueOf(Math.max(1, processors / 2)));
        assertThat(done(campaign, "timed").hardware())
                .containsEntry("cells at a time", "1")
                .containsEntry("OMP_NUM_THREADS", Share.whole().threads());
    }

    private static Done done(Campaign campaign, String name) {
        Cell cell = campaign.states().keySet().stream()
                .filter(any -> any.name().equals(name))
                .findFirst()
                .orElseThrow();
        return campaign.states().get(cell).done().orElseThrow();
    }

    private static void await(CyclicBarrier barrier) throws IOException {
        try {
            barrier.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
            throw new IOException(e);
        }
    }

    /** The one beside it is told to stop, and no other is begun. */
    @Test
    void aFaultOfOursEndsThoseUnderWay() {
        CountDownLatch bothUnderWay = new CountDownLatch(2);
        CountDownLatch interrupted = new CountDownLatch(1);
        List<String> begun = Collections.synchronizedList(new ArrayList<>());
        CellRunner runner = (arguments, share, log, meanwhile) -> {
            String name = arguments.get(0);
            begun.add(name);
            if (name.equals("timed")) {
                return 0;
            }
            bothUnderWay.countDown();
            try {
                bothUnderWay.await();
                if (name.equals("a")) {
                    throw new IOException("no space left");
                }
                Thread.sleep(60_000);
                return 0;
            } catch (InterruptedException e) {
                interrupted.countDown();
                return 1;
            }
        };
        assertThatThrownBy(() -> many().run(runner, 2, Progress.silent(), () -> {}))
                .isInstanceOf(IOException.class)
                .hasMessage("no space left");
        assertThat(interrupted.getCount()).as("it has been waited for").isZero();
        assertThat(begun).startsWith("timed").containsExactlyInAnyOrder("timed", "a", "b");
    }

    /** Looked up in what a real process says of itself. */
    @Test
    @Tag("slow")
    void aProcessGetsItsPartOfTheProcessors() throws IOException {
        Path log = folder.resolve("log.txt");
        int half = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
        assertThat(new JvmRunner().run(List.of("doctor", "--no-times"), Share.one(2), log, () -> {}))
                .isZero();
        assertThat(log)
                .content()
                .containsPattern("OMP_NUM_THREADS +" + half + "\\b")
                .containsPattern("BLAS " + half + "\\b");
    }
}
