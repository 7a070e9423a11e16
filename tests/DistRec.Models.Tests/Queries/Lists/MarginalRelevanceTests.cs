using DistRec.Models.Queries.Lists;

namespace DistRec.Models.Tests.Queries.Lists;

public sealed class MarginalRelevanceTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(0.25)]
    [InlineData(0.5)]
    [InlineData(0.9)]
    [InlineData(1)]
    public void Each_choice_is_the_best_by_the_formula_given_those_before(double diversity)
    {
        const int Candidates = 40;
        EntityRandom random = new(3, RandomPurpose.SyntheticItem, 1);
        double[] scores = [.. Enumerable.Range(0, Candidates).Select(_ => random.NextDouble()).OrderDescending()];
        double[,] cosines = new double[Candidates, Candidates];
        for (int i = 0; i < Candidates; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                cosines[i, j] = cosines[j, i] = i == j ? 1 : (2 * random.NextDouble()) - 1;
            }
        }

        int[] chosen = MarginalRelevance.Choose(scores, 12, diversity, (i, j) => cosines[i, j]);

        chosen.Length.ShouldBe(12);
        chosen.ShouldBeUnique();
        chosen[0].ShouldBe(0);
        for (int place = 1; place < chosen.Length; place++)
        {
            int[] before = chosen[..place];
            double Value(int i) => ((1 - diversity) * (scores[i] - scores[^1]) / (scores[0] - scores[^1])) - (diversity * before.Max(j => cosines[i, j]));
            Value(chosen[place]).ShouldBe(Enumerable.Range(0, Candidates).Except(before).Max(Value), 1e-12);
        }

        if (diversity == 0)
        {
            chosen.ShouldBe(Enumerable.Range(0, 12));
        }
    }

    [Fact]
    public void Equal_values_are_chosen_in_the_order_of_the_candidates()
    {
        MarginalRelevance.Choose([2, 2, 2, 2], 4, 0.5, (_, _) => 0.5).ShouldBe([0, 1, 2, 3]);
        MarginalRelevance.Choose([3, 2, 1], 3, 1, (_, _) => -1).ShouldBe([0, 1, 2]);
        MarginalRelevance.Choose([], 0, 0.5, (_, _) => 0).ShouldBeEmpty();
    }
}
