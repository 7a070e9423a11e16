using DistRec.Evaluation.Search;

namespace DistRec.Evaluation.Tests.Search;

public sealed class SuccessiveHalvingTests
{
    [Fact]
    public void A_third_goes_on_with_three_times_as_many_epochs()
    {
        IReadOnlyList<HalvingRound> rounds = SuccessiveHalving.Rounds(27);

        rounds.ShouldBe([new HalvingRound(27, 9), new HalvingRound(9, 3), new HalvingRound(3, 1)]);
        rounds.Select(round => round.EpochsOf(120)).ShouldBe([14, 40, 120]);
    }

    [Theory]
    [InlineData(1, "1/1")]
    [InlineData(2, "2/1")]
    [InlineData(4, "4/3 2/1")]
    [InlineData(7, "7/9 3/3 1/1")]
    [InlineData(1000, "1000/9 334/3 112/1")]
    public void Few_trials_have_few_rounds_and_thirds_are_rounded_up(int trials, string expected) =>
        string.Join(' ', SuccessiveHalving.Rounds(trials).Select(round => $"{round.Trials}/{round.Share}")).ShouldBe(expected);

    [Theory]
    [InlineData(9, 1)]
    [InlineData(10, 2)]
    [InlineData(1, 1)]
    public void No_round_is_without_epochs(int all, int expected) => new HalvingRound(27, 9).EpochsOf(all).ShouldBe(expected);
}
