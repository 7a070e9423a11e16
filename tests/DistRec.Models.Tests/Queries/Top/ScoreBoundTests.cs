using DistRec.Models.Queries.Top;
using DistRec.Numerics.Quantization;

namespace DistRec.Models.Tests.Queries.Top;

public sealed unsafe class ScoreBoundTests
{
    [Theory]
    [InlineData("plain", 64)]
    [InlineData("plain", 5)]
    [InlineData("ties", 33)]
    [InlineData("equal", 64)]
    [InlineData("spikes", 31)]
    [InlineData("scales", 16)]
    [InlineData("denormal", 20)]
    [InlineData("overflow", 64)]
    [InlineData("halves", 64)]
    [InlineData("halves", 4)]
    [InlineData("offset", 5)]
    [InlineData("offset", 1)]
    public void No_item_is_ruled_out_by_its_own_score_and_none_reaches_further_than_its_block(string shape, int rank)
    {
        FactorTable estimates = new(1, QuantizedRows.BlockRows);
        QuantizedQuery query = new(rank);
        for (ulong seed = 0; seed < 20; seed++)
        {
            SavedModel saved = new TopCase(shape, ModelKinds.Als, 200, rank, seed).Saved;
            FactorModel model = saved.Model;
            QuantizedRows rows = new TopItems(model, null).Rows;
            for (int user = 0; user < model.UserBiases.Length; user++)
            {
                Span<float> factors = model.UserFactors!.Row(user);
                query.Encode(factors);
                ScoreBound bound = new(FactorScore.StartOf(model.UserBiases[user], Answer.Known), rank, query);
                for (int place = 0; place < rows.Count; place++)
                {
                    (int block, int position) = Math.DivRem(place, QuantizedRows.BlockRows);
                    rows.Estimate(block, query, 0, estimates.Pointer);
                    int item = rows.RowAt(block, position);
                    double score = FactorSum.Of(model.UserBiases[user], model.ItemBiases[item], factors, model.ItemFactors!.Row(item));
                    double cut = bound.CutIn(rows.BoundsOf(block), score);
                    (estimates.Values[position] < cut).ShouldBeFalse($"seed {seed}, user {user}, item {rows.RowAt(block, position)}");
                    (double.IsFinite(cut) && bound.ReachIn(rows.BoundsOf(block)) < estimates.Values[position]).ShouldBeFalse();
                }
            }
        }
    }

    [Fact]
    public void Most_items_are_ruled_out_by_a_score_that_is_a_third_of_a_deviation_higher()
    {
        SavedModel saved = TestModels.Random(users: 2, items: 1000, rank: 64);
        FactorModel model = saved.Model;
        QuantizedRows rows = new TopItems(model, null).Rows;
        QuantizedQuery query = new(64);
        query.Encode(model.UserFactors!.Row(0));
        ScoreBound bound = new(FactorScore.StartOf(model.UserBiases[0], Answer.Known), 64, query);
        double[] scores = [.. Enumerable.Range(0, 1000).Select(item =>
            (double)FactorSum.Of(model.UserBiases[0], model.ItemBiases[item], model.UserFactors!.Row(0), model.ItemFactors!.Row(item)))];
        double mean = scores.Average(), deviation = Math.Sqrt(scores.Average(score => (score - mean) * (score - mean)));

        FactorTable estimates = new(1, QuantizedRows.BlockRows);
        int ruledOut = 0;
        for (int place = 0; place < rows.Count; place++)
        {
            (int block, int position) = Math.DivRem(place, QuantizedRows.BlockRows);
            rows.Estimate(block, query, 0, estimates.Pointer);
            double higher = scores[rows.RowAt(block, position)] + (deviation / 3);
            ruledOut += estimates.Values[position] < bound.CutIn(rows.BoundsOf(block), higher) ? 1 : 0;
        }

        ruledOut.ShouldBeGreaterThan(990);
    }
}
