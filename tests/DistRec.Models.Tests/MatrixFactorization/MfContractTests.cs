using DistRec.Models.MatrixFactorization;

namespace DistRec.Models.Tests.MatrixFactorization;

public sealed class MfContractTests : ModelContract
{
    protected override Trained Train(RatingMatrix ratings, ulong seed) =>
        Trained.Of(PlainTraining.Descend(new MfOptions { Rank = 4, LearningRate = 0.05f, Regularization = 0.02f, Seed = seed }, ratings, 40));
}
