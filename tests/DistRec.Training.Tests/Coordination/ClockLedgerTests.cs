namespace DistRec.Training.Tests.Coordination;

public sealed class ClockLedgerTests
{
    [Fact]
    public void Everybody_may_begin_and_nobody_is_granted_a_clock_twice()
    {
        ClockLedger ledger = new(3, 2, ConsistencyModel.Bsp);
        ledger.Grant().ShouldBe([new(0, 0), new(1, 0), new(2, 0)]);
        ledger.Grant().ShouldBeEmpty();
    }

    [Fact]
    public void Under_bsp_a_clock_begins_when_the_changes_of_all_have_been_applied()
    {
        ClockLedger ledger = Begun(2, 3, ConsistencyModel.Bsp);
        ledger.Apply(1);
        ledger.Grant().ShouldBeEmpty();
        ledger.Apply(0);
        ledger.Grant().ShouldBe([new(0, 1), new(1, 1)]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void Under_ssp_a_fast_worker_waits_when_it_is_the_bound_ahead_of_the_slowest(int staleness)
    {
        ClockLedger ledger = Begun(2, 10, ConsistencyModel.Ssp(staleness));
        for (int clock = 1; clock <= staleness; clock++)
        {
            ledger.Apply(0);
            ledger.Grant().ShouldBe([new(0, clock)]);
        }

        ledger.Apply(0);
        ledger.Grant().ShouldBeEmpty("it would begin a clock more than the bound ahead");
        ledger.Lead.ShouldBe(staleness + 1);
        ledger.Apply(1);
        ledger.Grant().ShouldBe([new(0, staleness + 1), new(1, 1)]);
    }

    [Fact]
    public void Under_asp_a_fast_worker_never_waits_and_the_epoch_ends_for_each_by_itself()
    {
        ClockLedger ledger = Begun(2, 4, ConsistencyModel.Asp);
        for (int clock = 1; clock < 4; clock++)
        {
            ledger.Apply(0);
            ledger.Grant().ShouldBe([new(0, clock)]);
        }

        ledger.Apply(0);
        ledger.Grant().ShouldBeEmpty();
        ledger.Fraction.ShouldBe(0.5);
        Should.Throw<InvalidOperationException>(() => ledger.Apply(0));
    }

    private static ClockLedger Begun(int workers, int clocks, ConsistencyModel consistency)
    {
        ClockLedger ledger = new(workers, clocks, consistency);
        ledger.Grant().Count.ShouldBe(workers);
        return ledger;
    }
}
