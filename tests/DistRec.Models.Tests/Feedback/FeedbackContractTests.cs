using DistRec.Models.Feedback;

namespace DistRec.Models.Tests.Feedback;

public abstract class FeedbackContract(FeedbackForm form) : ModelContract
{
    protected override Trained Train(RatingMatrix ratings, ulong seed) => Trained.Of(PlainTraining.Descend(
        FeedbackOptions.For(form) with
        {
            Rank = 4, LearningRate = 0.05f, BiasLearningRate = 0.05f, FeedbackLearningRate = 0.03f, Regularization = 0.02f, Shrinkage = 5, Neighbors = 30, Seed = seed,
        },
        ratings,
        40), ratings);

    protected override bool HasRandomness => form != FeedbackForm.Neighborhood;
}

public sealed class SvdPlusPlusContractTests() : FeedbackContract(FeedbackForm.SvdPlusPlus);

public sealed class AsymmetricContractTests() : FeedbackContract(FeedbackForm.Asymmetric);

public sealed class NsvdContractTests() : FeedbackContract(FeedbackForm.Nsvd);

public sealed class NeighborhoodContractTests() : FeedbackContract(FeedbackForm.Neighborhood);

public sealed class IntegratedContractTests() : FeedbackContract(FeedbackForm.Integrated);
