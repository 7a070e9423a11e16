namespace DistRec.Cli.Reproduction;

/// <summary>
/// The studies that can be repeated. Rows say what their source fixes, such as the number of factors; all else is by default.
/// </summary>
internal static class StudyList
{
    private const string None = "–";
    private const string EarlyStop =
        "Epochs are at most 60 and end when 5 % of the training part, kept aside, get no better; then all of it is fitted as long.";

    /// <summary>All of them, those first that take the least time.</summary>
    public static IReadOnlyList<Study> All { get; } = [TopN(), Fm(), Koren(), Keras(), Netflix()];

    private static Study Keras() => new()
    {
        Name = "keras",
        Title = "Matrix factorization as a network, on MovieLens 100K",
        Data = "ml-100k",
        Options = "--test-ratio 0.2",
        Figures = ["rmse"],
        SourceColumns = ["chapter on matrix factorization with Keras"],
        Differences =
        [
            "The chapter's random 80/20 split is not published: this is another one, of the same sizes.",
            "The chapter's factors by SGD diverge within 60 epochs, so that its layers do better than its factors. " + EarlyStop,
            "The number of factors under the chapter's layers is not known here: they are the default.",
            "The defaults were found by validation inside the training part of another split, in which most of these test ratings are.",
        ],
        Rows =
        [
            new("mf, k = 200, SGD", "--model mf --rank 200", "1.0914") { HasCurve = true },
            new("neumf-mf, k = 200, Adam", "--model neumf-mf --rank 200", "1.0914") { HasCurve = true },
            new("mlp, layers 2048-256", "--model mlp --layers 2048-256", "0.9297") { HasCurve = true },
        ],
        Claim = "In the chapter layers do better than factors.",
        Orders = [["mf, k = 200, SGD", "mlp, layers 2048-256"]],
    };

    private static Study Koren() => new()
    {
        Name = "koren",
        Title = "Factorization meets the neighborhood, on MovieLens 1M",
        Data = "ml-1m",
        Options = "--test-ratio 0.1",
        Figures = ["rmse"],
        SourceColumns = ["deck, MovieLens 1M", "Koren (KDD 2008), Netflix test"],
        Differences =
        [
            "The deck's random 10 % are not published: this is another draw of as many.",
            "The deck trained 500 epochs, and its descents diverge the more, the more factors there are. " + EarlyStop,
            "For asvd, svd++ and integrated the deck's figures beyond the one shown are larger still.",
            "Figures of the Netflix test are of other data, 100 million ratings: only their order can be compared.",
            "Plain mf has no biases, as the first line of the picture in Koren, Bell, Volinsky (IEEE Computer 2009), figure 4.",
        ],
        CountsParameters = true,
        Rows =
        [
            new("baseline", "--model baseline", "0.9101", None),
            new("nsvd, k = 10", "--model nsvd --rank 10", "1.2396", None),
            new("nsvd, k = 50", "--model nsvd --rank 50", "1.8688", None),
            new("nsvd, k = 100", "--model nsvd --rank 100", "2.5841", None),
            new("neighborhood, K = 10", "--model neighborhood --neighbors 10", "1.1703", None) { HasCurve = true },
            StudyRow.OfRank("plain mf", "--model mf --no-biases", 10, None, None),
            StudyRow.OfRank("plain mf", "--model mf --no-biases", 50, None, None),
            StudyRow.OfRank("plain mf", "--model mf --no-biases", 100, None, None),
            StudyRow.OfRank("plain mf", "--model mf --no-biases", 200, None, None),
            StudyRow.OfRank("mf", "--model mf", 10, "0.9639", None),
            StudyRow.OfRank("mf", "--model mf", 50, "1.4344", "0.9046") with { HasCurve = true, HasMap = true },
            StudyRow.OfRank("mf", "--model mf", 100, "2.2652", "0.9025"),
            StudyRow.OfRank("mf", "--model mf", 200, None, "0.9009"),
            StudyRow.OfRank("asvd", "--model asvd", 10, "1.7786", None),
            StudyRow.OfRank("asvd", "--model asvd", 50, None, "0.9037") with { HasCurve = true },
            StudyRow.OfRank("asvd", "--model asvd", 100, None, "0.9013"),
            StudyRow.OfRank("asvd", "--model asvd", 200, None, "0.9000"),
            StudyRow.OfRank("svd++", "--model svd++", 10, "1.3083", None),
            StudyRow.OfRank("svd++", "--model svd++", 50, None, "0.8952") with { HasCurve = true },
            StudyRow.OfRank("svd++", "--model svd++", 100, None, "0.8924"),
            StudyRow.OfRank("svd++", "--model svd++", 200, None, "0.8911"),
            StudyRow.OfRank("integrated", "--model integrated", 10, "2.0229", None),
            StudyRow.OfRank("integrated", "--model integrated", 50, None, "0.8877") with { HasCurve = true },
            StudyRow.OfRank("integrated", "--model integrated", 100, None, "0.8870"),
            StudyRow.OfRank("integrated", "--model integrated", 200, None, "0.8868"),
        ],
        Claim = "As in Koren (KDD 2008), each of baseline, mf, asvd, svd++ and integrated should do better than the one before, "
            + "and nsvd better than baseline.",
        Orders =
        [
            ["baseline", "nsvd, k = 50"],
            ["baseline", "nsvd, k = 100"],
            ["baseline", "mf, k = 50", "asvd, k = 50", "svd++, k = 50", "integrated, k = 50"],
            ["baseline", "mf, k = 100", "asvd, k = 100", "svd++, k = 100", "integrated, k = 100"],
            ["mf, k = 200", "asvd, k = 200", "svd++, k = 200", "integrated, k = 200"],
        ],
    };

    private static Study Fm()
    {
        const string Sides = "fm with side features";
        const string Features = "--features user,item,gender,age,occupation,genre,year";
        (int Rank, string Plain)[] source = [(2, "0.5503"), (5, "0.5361"), (10, "0.5287"), (20, "0.5456"), (40, "0.5396")];
        return new()
        {
            Name = "fm",
            Title = "Factorization machines, on 500 users of MovieLens 1M",
            Data = "ml-1m",
            Users = 500,
            Options = "--model fm --test-ratio 0.2",
            Figures = ["rmse"],
            SourceColumns = ["deck on factorization machines"],
            Differences =
            [
                "Which 500 users the deck took, and how it parted their ratings, it does not say: "
                    + "here they are drawn by the seed, and a fifth of the ratings is the test.",
                "An error of 0.55 is far below what is known of held-out ratings of MovieLens 1M (about 0.82), so that the deck's must "
                    + "be of something else. What compares is whether side features help: with them the deck's error grows to about 0.66.",
                "Trained by Gibbs sampling, the default, without early stopping; its power of the likelihood was found on other data.",
            ],
            Rows =
            [
                .. source.Select(row => StudyRow.OfRank("fm", "", row.Rank, row.Plain)),
                .. source.Select(row => StudyRow.OfRank(Sides, Features, row.Rank, "0.657 to 0.677")),
            ],
            Claim = "Side features ought to help, though in the deck they do not.",
            Orders = [.. source.Select(row => new[] { $"fm, k = {row.Rank}", $"{Sides}, k = {row.Rank}" })],
        };
    }

    private static Study TopN() => new()
    {
        Name = "top-n",
        Title = "What people take to, on MovieLens 1M",
        Data = "ml-1m",
        Options = "--split leave-one-out --candidates 100",
        Figures = ["hitRate@10", "ndcg@10"],
        SourceColumns = ["Ferrari Dacrema et al. (TOIS 2021)", "Rendle et al. (iALS revisited, RecSys 2022)"],
        Differences =
        [
            "The sources hold out each user's last rating, which is harder to find than one at random, as is held out here "
                + "where the ratings have no times.",
            "The 100 items that the one held out is ranked among are other draws.",
            "Such figures are far higher than those among all items, and may order models otherwise.",
            "The second source's 192 factors are taken; its other settings, found for its split, are not.",
        ],
        Rows =
        [
            new("top-popular", "--model top-popular", "0.4531, 0.2542", None),
            new("item-knn", "--model item-knn", "0.6596, 0.3900", None),
            new("rp3beta", "--model rp3beta", None, None),
            new("ease", "--model ease", None, None),
            new("bpr", "--model bpr", None, None),
            new("als-implicit, k = 192", "--model als-implicit --rank 192", None, "0.722, 0.445"),
        ],
        Claim = "As published, like items do better than counts, and factors better than like items.",
        Orders = [["top-popular", "item-knn", "als-implicit, k = 192"]],
    };

    private static Study Netflix() => new()
    {
        Name = "netflix",
        Title = "Matrix factorization on a sample of Netflix",
        Data = "netflix",
        HowToGet = "the Netflix Prize files are no longer published: put a copy, or ratings as user,item,rating,",
        Users = 500,
        Options = "",
        Folds = 5,
        Figures = ["rmse", "mae"],
        SourceColumns = ["deck on matrix factorization, RMSE", "the same, MAE"],
        Differences =
        [
            "The deck's 500 users with 26,626 ratings are not published: here 500 are drawn by the seed.",
            "Epochs are at most 100, as in the deck, and end when ratings kept aside get no better.",
            "The deck took 3.02 s for a fold of its first row, on another machine.",
        ],
        Rows =
        [
            new("mf, k = 30", "--model mf --rank 30 --epochs 100", "1.0509", "0.8220") { HasCurve = true, HasMap = true },
            new("nmf, k = 30", "--model nmf --rank 30 --epochs 100", "1.6896", "1.3251") { HasCurve = true },
        ],
    };
}
