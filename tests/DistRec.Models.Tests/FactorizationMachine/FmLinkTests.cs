namespace DistRec.Models.Tests.FactorizationMachine;

public sealed class FmLinkTests
{
    [Theory]
    [InlineData(FmLink.Logistic)]
    [InlineData(FmLink.Probit)]
    public void Answers_from_a_lower_score_downwards_are_lower_even_where_neighbours_change_places(FmLink link)
    {
        EntityRandom random = new(1, RandomPurpose.Order, 0);
        for (int round = 0; round < 20_000; round++)
        {
            double score = (float)(90 * random.NextDouble() - 45);
            double answer = link.Apply(score), lower = link.StrictlyBelow(score);
            double below = lower;
            for (int step = 0; step < 20 && double.IsFinite(lower); step++)
            {
                link.Apply(below).ShouldBeLessThan(answer, $"{below} and {score}");
                below = step < 10 ? Math.BitDecrement(below) : below - random.NextDouble();
            }

            if (Math.Abs(score) < 4)
            {
                (score - lower).ShouldBeInRange(0, 1e-6);
            }
        }
    }

    [Theory]
    [InlineData(FmLink.Identity)]
    [InlineData(FmLink.Preference)]
    public void A_score_that_is_its_own_answer_is_above_all_lower_ones(FmLink link) => link.StrictlyBelow(0.75).ShouldBe(0.75);

    [Fact]
    public void Saturated_answers_are_above_those_that_are_not()
    {
        foreach (FmLink link in (FmLink[])[FmLink.Logistic, FmLink.Probit])
        {
            link.StrictlyBelow(1e9).ShouldBeInRange(0, 64);
            link.StrictlyBelow(-1e9).ShouldBe(double.NegativeInfinity);
        }
    }
}
