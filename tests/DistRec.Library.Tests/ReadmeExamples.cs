using DistRec.Data;
using DistRec.Evaluation.Ranking;
using DistRec.Models;
using DistRec.Models.Queries.Asking;

namespace DistRec.Library.Tests;

/// <summary>The examples of the READMEs, line by line, so that they compile and run.</summary>
internal static class ReadmeExamples
{
    public static async Task RunAsync()
    {
        RatingData ratings = RatingData.Read("ml-latest-small");
        (RatingData train, RatingData test) = ratings.Split(testRatio: 0.1);

        TrainedModel model = new Als { Rank = 64 }.Fit(train);
        Console.WriteLine($"test RMSE {model.Evaluate(test).Rmse:0.0000}");

        foreach (RecommendedItem item in model.Recommend("42", n: 10).Items)
        {
            Console.WriteLine($"{item.Rank}. {item.Title}: {item.Prediction:0.00}");
        }

        RatingData own = RatingData.Of([("ann", "tea", 5f), ("ann", "milk", 2f), ("bob", "tea", 4f), ("bob", "cake", 5f)], name: "café");
        own.Users.Count.ShouldBe(2);

        Estimator usual = new SvdPlusPlus { Rank = 16, Epochs = 10 };
        foreach (ulong seed in new ulong[] { 1, 2, 3 })
        {
            TrainedModel one = await (usual with { Seed = seed }).FitAsync(train, new Progress<EpochFigures>(epoch => Console.WriteLine($"{epoch.Epoch}: {epoch.ValidationRmse}")));
            Console.WriteLine($"seed {seed}: {one.Evaluate(test).Rmse:0.0000}");
        }

        RankingResult ranking = new Ease().Fit(train).Rank(test);
        RankingFigure ndcg = ranking.Figures["ndcg@10"];
        Console.WriteLine($"nDCG at 10: {ndcg.Value:0.000}, 95 % of draws from {ndcg.Low:0.000} to {ndcg.High:0.000}");

        RecommendAnswer list = model.Recommend([("318", 5f), ("296", 4f)], n: 5);
        Console.WriteLine(list.Basis);
        PredictAnswer answer = model.Predict("42", "318");
        Console.WriteLine($"{answer.Prediction:0.00}: {answer.Basis}");
        foreach (ContributionAnswer part in model.Explain("42", "318").Contributions)
        {
            Console.WriteLine($"{part.Value:+0.00;-0.00} since you gave {part.Title} {part.Rating}");
        }

        model.Save("runs/als");
        TrainedModel loaded = TrainedModel.Load("runs/als");
        Console.WriteLine(loaded.Sha256 == model.Sha256);
    }
}
