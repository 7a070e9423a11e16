using DistRec.Models.Feedback;

namespace DistRec.Models.FoldIn;

/// <summary>
/// A user of <c>svd++</c>, <c>asvd</c> or <c>nsvd</c> by the user's part of the descent: as many passes over its ratings as training made, at the
/// same rates, b_u and p_u from 0, and all that belongs to items put back before each pass. N(u) = R(u).
/// </summary>
/// <remarks>Ending early is part of how these models are regularized: the least of the loss itself would answer the first ratings of a user far too
/// strongly.</remarks>
/// <param name="model">A model with <see cref="FactorModel.Feedback"/>.</param>
/// <param name="options">How it was trained.</param>
/// <param name="epochs">The epoch whose tables the model has.</param>
internal sealed class FeedbackUserFitter(FactorModel model, FeedbackOptions options, int epochs) : IRowFitter
{
    private readonly FeedbackShape _shape = FeedbackShape.Of(options);

    public RowFit Fit(RatingMatrix row, PartitionedFactors other)
    {
        int[] rated = row.RowColumns(0).ToArray();
        FactorTable items = new(rated.Length, _shape.ItemWidth);
        float[] itemBiases = new float[rated.Length];
        FactorTable own = new(1, _shape.UserWidth);
        float[] bias = new float[1];

        // The user's items alone, numbered anew.
        RatingMatrix ratings = new(rated.Length, [0, rated.Length], [.. Enumerable.Range(0, rated.Length)], row.RowValues(0).ToArray());
        UserFeedback data = new(ratings, ById: row);
        double rate = options.FirstLearningRate;
        for (int epoch = 0; epoch < epochs; epoch++, rate *= options.LearningRateDecay)
        {
            TakeItems(rated, items, itemBiases);
            FeedbackKernel.RunUsers(_shape, data, 0, 1, FeedbackStep.Of(options, model.Units, rate), own, bias, items, itemBiases);
        }

        TakeItems(rated, items, itemBiases);
        float[] profile = new float[_shape.Rank];
        FeedbackKernel.Describe(
            _shape, ratings.RowColumns(0), ratings.RowValues(0), data.ItemsOf(0), model.Units, bias[0], own.Row(0), items, itemBiases, profile);
        return new RowFit(bias[0], profile);
    }

    private void TakeItems(int[] rated, FactorTable items, float[] itemBiases)
    {
        for (int index = 0; index < rated.Length; index++)
        {
            int item = rated[index];
            itemBiases[index] = model.ItemBiases[item];
            Span<float> row = items.Row(index);
            model.ItemFactors?.Row(item).CopyTo(row);
            model.Feedback!.Explicit?.Row(item).CopyTo(row[_shape.ExplicitStart..]);
            model.Feedback.Implicit?.Row(item).CopyTo(row[_shape.ImplicitStart..]);
            model.Neighbors?.Lists.Row(item).CopyTo(row[_shape.ListStart..]);
        }
    }
}
