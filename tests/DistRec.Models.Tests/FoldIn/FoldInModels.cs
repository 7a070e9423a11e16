using DistRec.Models.Als;
using DistRec.Models.Baseline;
using DistRec.Models.Bayesian;
using DistRec.Models.Feedback;
using DistRec.Models.ImplicitAls;
using DistRec.Models.ItemWeights;
using DistRec.Models.MatrixFactorization;
using DistRec.Models.Neighborhood;
using DistRec.Models.Neural;
using DistRec.Models.Nmf;
using DistRec.Models.Popularity;

namespace DistRec.Models.Tests.FoldIn;

/// <summary>Every kind of model, trained on given ratings and saved with the options that fold-in reads.</summary>
internal static class FoldInModels
{
    /// <summary>As typed, and one that has no rule of its own.</summary>
    public static readonly string[] Kinds = [.. ModelCatalogue.All.Select(model => model.Name).Except([ModelKinds.Fm, ModelKinds.PolySvm, ModelKinds.Bpr]), ModelKinds.Fm];

    public static readonly AlsOptions Als = new() { Rank = 4, Regularization = 0.7f, BiasRegularization = 1.5f, RegularizationExponent = 0.4f };

    public static readonly ImplicitAlsOptions ImplicitAls =
        new() { Rank = 4, Regularization = 2.5f, RegularizationExponent = 0.2f, Alpha = 3, Method = ImplicitMethod.Exact };

    public static readonly NmfOptions Nmf = new() { Rank = 4, Regularization = 0.3f, RegularizationExponent = 0.6f, Sweeps = 2 };

    public static readonly KnnOptions Knn = new() { Neighbors = 10, ListLength = 40, Shrinkage = 10 };

    public static readonly ItemKnnOptions ItemKnn = new() { Neighbors = 60, Shrinkage = 3 };

    public static readonly Rp3betaOptions Rp3beta = new() { Neighbors = 60, Exponent = 0.7f, PopularityExponent = 0.3f };

    public static readonly EaseOptions Ease = new() { Neighbors = 60, Regularization = 5 };

    /// <summary>Those of a model of weights between items, with another length of its lists.</summary>
    public static ItemWeightOptions ItemWeights(string kind, int neighbors) => kind switch
    {
        ModelKinds.ItemKnn => ItemKnn with { Neighbors = neighbors },
        ModelKinds.Rp3beta => Rp3beta with { Neighbors = neighbors },
        _ => Ease with { Neighbors = neighbors },
    };

    /// <summary>Settings that suit small data.</summary>
    public static NeuralOptions Neural(NeuralForm form) => NeuralOptions.For(form) with
    {
        Rank = 4, Layers = "16-8", BatchSize = 64, LearningRate = 0.02f, LearningRateDecay = 0.97f, Regularization = form == NeuralForm.Perceptron ? 0.3f : 0.05f,
    };

    public static SavedModel Train(string kind, RatingMatrix ratings)
    {
        const int Epochs = 30;
        KeyValuePair<string, object?> epochs = new("epochs", Epochs);
        switch (kind)
        {
            case ModelKinds.Baseline:
                return Save(PlainTraining.Alternate(kind, new BaselineSolver(new BaselineOptions { UserRegularization = 2 }), ratings, 10), ratings, new KeyValuePair<string, object?>("userRegularization", 2f));
            case ModelKinds.Als:
                return Save(
                    PlainTraining.Alternate(kind, new AlsSolver(Als), ratings, 10), ratings,
                    new("regularization", Als.Regularization), new("biasRegularization", Als.BiasRegularization), new("regularizationExponent", Als.RegularizationExponent));
            case ModelKinds.ImplicitAls:
                return Save(
                    PlainTraining.Alternate(kind, new ImplicitAlsSolver(ImplicitAls), ratings, 10), ratings,
                    new("regularization", ImplicitAls.Regularization), new("regularizationExponent", ImplicitAls.RegularizationExponent), new("alpha", ImplicitAls.Alpha), new("method", "blocks"));
            case ModelKinds.Nmf:
                return Save(
                    PlainTraining.Alternate(kind, new NmfSolver(Nmf), ratings, 40), ratings,
                    new("regularization", Nmf.Regularization), new("regularizationExponent", Nmf.RegularizationExponent), new("sweeps", Nmf.Sweeps));
            case ModelKinds.Bpmf:
                return Save(PlainTraining.Alternate(kind, new BpmfSolver(new BpmfOptions { Rank = 4, Precision = 4, BurnIn = 10 }), ratings, 60), ratings, new KeyValuePair<string, object?>("precision", 4f));
            case ModelKinds.Mf or ModelKinds.Fm:
                FactorModel model = PlainTraining.Descend(new MfOptions { Rank = 4, LearningRate = 0.05f }, ratings, 60);
                return Save(
                    new FactorModel(kind, model.GlobalMean, model.Scale, model.UserBiases, model.ItemBiases, model.UserFactors, model.ItemFactors) { Unit = model.Unit }, ratings);
            case ModelKinds.NeuMf or ModelKinds.Mlp:
                NeuralOptions neural = Neural(kind == ModelKinds.Mlp ? NeuralForm.Perceptron : NeuralForm.MatrixFactorization);
                return Save(PlainTraining.Descend(neural, ratings, Epochs), ratings, new("regularization", neural.Regularization), new("layers", neural.Layers));
            case ModelKinds.Knn or ModelKinds.KnnInterpolated:
                return Save(PlainTraining.Knn(Knn with { Form = kind == ModelKinds.Knn ? NeighborForm.Mean : NeighborForm.Interpolation }, ratings), ratings, new("neighbors", Knn.Neighbors), new("listLength", Knn.ListLength), new("shrinkage", Knn.Shrinkage));
            case ModelKinds.TopPopular:
                FactorModel counted = PlainTraining.Alternate(kind, new TopPopularOptions().CreateSolver(), ratings, 1);
                return Save(new FactorModel(kind, 0, new RatingScale(0, float.MaxValue), counted.UserBiases, counted.ItemBiases, null, null), ratings);
            case ModelKinds.ItemKnn or ModelKinds.Rp3beta or ModelKinds.Ease:
                return Save(
                    PlainTraining.ItemWeights(ItemWeights(kind, 60), ratings), ratings, new("neighbors", 60), new("shrinkage", ItemKnn.Shrinkage),
                    new("exponent", Rp3beta.Exponent), new("popularityExponent", Rp3beta.PopularityExponent), new("regularization", Ease.Regularization));
            default:
                FeedbackShape shape = FeedbackFactors.ShapeOf(kind, 4)!.Value;
                FeedbackOptions options = FeedbackOptions.For(shape.Form) with { Rank = 4, LearningRate = 0.03f, LearningRateDecay = 0.99f, Neighbors = 20, Shrinkage = 5 };
                return Save(
                    PlainTraining.Descend(options, ratings, Epochs), ratings, epochs, new("learningRate", options.LearningRate),
                    new("learningRateDecay", options.LearningRateDecay), new("neighbors", options.Neighbors));
        }
    }

    public static SavedModel Save(FactorModel model, RatingMatrix? ratings, params KeyValuePair<string, object?>[] options) => new(
        model, IdMap.Numbered(model.UserBiases.Length), IdMap.Numbered(model.ItemBiases.Length), [], ratings, TestModels.Describe(model.Kind, options));

    /// <summary>A machine that describes users and items by the tables of another model.</summary>
    public static FactorModel MachineOf(FactorModel model, FmLink link)
    {
        FmMachine machine = new(new FmShape(4, 2, FmLearner.Sgd, 0), link, new FmParameters(new FactorTable(1, 16), [0], 0), new FeatureSpace([]));
        return new FactorModel(
            model.Kind, model.GlobalMean, link == FmLink.Identity ? model.Scale : new RatingScale(0, 1), model.UserBiases, model.ItemBiases, model.UserFactors, model.ItemFactors)
        {
            Unit = link == FmLink.Identity ? model.Unit : 1,
            Machine = machine,
        };
    }
}
