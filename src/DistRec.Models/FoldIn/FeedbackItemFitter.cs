using DistRec.Models.Feedback;

namespace DistRec.Models.FoldIn;

/// <summary>
/// An item of <c>svd++</c> and the models like it by the item's part of the descent: as many passes over its ratings as training made, at the
/// same rates, b_i and q_i from 0, and users put back before each pass. A user's vector is p_u + z_u as training left it.
/// </summary>
/// <remarks>
/// That is as far as the formulas go without training: x_i and y_i, by which an item tells of those who rated it, would move the vectors that are
/// fixed here, so they stay 0 and nobody's vector changes. Weights of like items are learned from 0, as in training.
/// </remarks>
/// <param name="model">A model with <see cref="FactorModel.Feedback"/>.</param>
/// <param name="options">How it was trained.</param>
/// <param name="epochs">The epoch whose tables the model has.</param>
/// <param name="lists">Finds the items that are like it; null for a model without such lists.</param>
internal sealed class FeedbackItemFitter(FactorModel model, FeedbackOptions options, int epochs, NeighborItemFitter? lists = null) : IRowFitter
{
    public RowFit Fit(RatingMatrix row, PartitionedFactors other)
    {
        // p_u + z_u is to the kernel p_u of a user of svd++ without feedback.
        int[] raters = row.RowColumns(0).ToArray();
        float[]? list = lists?.Fit(row, other).Neighbors;
        FeedbackShape shape = new(FeedbackForm.SvdPlusPlus, model.Rank, list is null ? null : options.NeighborLists?.Shape);
        FactorTable users = new(raters.Length, model.Rank);
        float[] userBiases = new float[raters.Length];
        FactorTable item = new(1, shape.ItemWidth);
        float[] bias = new float[1];
        list?.CopyTo(item.Row(0)[shape.ListStart..]);
        long[] starts = [.. Enumerable.Range(0, raters.Length + 1)];
        UserFeedback data = new(
            new RatingMatrix(1, starts, new int[raters.Length], row.RowValues(0).ToArray()),
            new RatingMatrix(1, new long[raters.Length + 1], [], []),
            lists?.RatingsOf(raters),
            lists is null ? null : model.ItemBiases);
        double rate = options.FirstLearningRate;
        for (int epoch = 0; epoch < epochs; epoch++, rate *= options.LearningRateDecay)
        {
            for (int rater = 0; rater < raters.Length; rater++)
            {
                other.FactorsOf(raters[rater]).CopyTo(users.Row(rater));
                userBiases[rater] = other.BiasOf(raters[rater]);
            }

            FeedbackKernel.RunUsers(shape, data, 0, raters.Length, FeedbackStep.Of(options, model.Units, rate), users, userBiases, item, bias);
        }

        return new RowFit(
            bias[0], item.Row(0)[..model.Rank].ToArray(), Neighbors: list is null ? null : item.Row(0).Slice(shape.ListStart, list.Length).ToArray());
    }
}
