using DistRec.Models.FoldIn;
using DistRec.Models.Persistence;
using DistRec.Models.Queries.Lists;

namespace DistRec.Models.Queries.Asking;

/// <summary>
/// One version of a model with everything that answering needs, made once and never changed: a request that has taken one keeps to it, whatever
/// is activated meanwhile. Safe for any number of threads.
/// </summary>
public sealed class ServingModel
{
    private readonly Lazy<(UserFoldIn? Solver, InputException? Fault)> _foldIn;
    private readonly Lazy<FeatureFoldIn> _byFeatures;
    private readonly Lazy<Explainer> _explainer;
    private readonly Lazy<SimilarRows> _similarItems;
    private readonly Lazy<SimilarRows> _similarUsers;

    /// <param name="saved">The model, which knows users and items.</param>
    /// <param name="name">Its name in the registry.</param>
    /// <param name="version">Its version there, from 1; 0 for a model that is in none.</param>
    public ServingModel(SavedModel saved, string name = "", int version = 0)
    {
        ArgumentNullException.ThrowIfNull(saved);
        Saved = saved;
        Name = name;
        Version = version;
        Predictor = new Predictor(saved);
        Lists = new ListMaker(saved, () => SimilarItems);
        _foldIn = new Lazy<(UserFoldIn?, InputException?)>(() =>
        {
            try
            {
                return (new UserFoldIn(saved), null);
            }
            catch (InputException exception)
            {
                return (null, exception);
            }
        });
        _byFeatures = new Lazy<FeatureFoldIn>(() => new FeatureFoldIn(saved));
        _explainer = new Lazy<Explainer>(() => new Explainer(saved));

        // A model without factors refuses each question anew.
        _similarItems = new Lazy<SimilarRows>(() => new SimilarRows(saved, Side.Item), LazyThreadSafetyMode.PublicationOnly);
        _similarUsers = new Lazy<SimilarRows>(() => new SimilarRows(saved, Side.User), LazyThreadSafetyMode.PublicationOnly);
    }

    private ServingModel(ServingModel other, NewItems newItems)
    {
        (Saved, Name, Version, Predictor, Lists) = (other.Saved, other.Name, other.Version, other.Predictor, other.Lists);
        (_foldIn, _byFeatures, _explainer) = (other._foldIn, other._byFeatures, other._explainer);
        (_similarItems, _similarUsers) = (other._similarItems, other._similarUsers);
        NewItems = newItems;
    }

    /// <summary>The model.</summary>
    public SavedModel Saved { get; }

    /// <summary>Items that it was not trained on and that were folded in by ratings of users of it, or by their features.</summary>
    public NewItems NewItems { get; } = NewItems.None;

    /// <summary>Its name in the registry.</summary>
    public string Name { get; }

    /// <summary>Its version there; 0 for a model that is in none.</summary>
    public int Version { get; }

    /// <summary>Hash of its tables.</summary>
    public string Sha256 => Saved.Description.ModelSha256!;

    /// <summary>Predicts.</summary>
    public Predictor Predictor { get; }

    /// <summary>Recommends.</summary>
    public ListMaker Lists { get; }

    /// <summary>Takes users in by their ratings.</summary>
    /// <exception cref="InputException">The model cannot.</exception>
    public UserFoldIn FoldIn => _foldIn.Value.Solver ?? throw new InputException(_foldIn.Value.Fault!.Message, _foldIn.Value.Fault);

    /// <summary>Takes users in by their features.</summary>
    public FeatureFoldIn ByFeatures => _byFeatures.Value;

    /// <summary>Smallest rating that the model has a form for; where it cannot fold in at all, no rating.</summary>
    public float LeastRating => _foldIn.Value.Solver?.MinRating ?? float.PositiveInfinity;

    /// <summary>Whether ratings tell the model of their user: it can fold in, and was trained on one of the items.</summary>
    public bool CanFoldIn(IReadOnlyList<ItemRating> ratings)
    {
        ArgumentNullException.ThrowIfNull(ratings);
        return _foldIn.Value.Solver is not null
            && ratings.Any(rating => Saved.Items.TryGetIndex(rating.Item, out int item) && (Saved.Model.DescribesCold || !Predictor.IsColdItem(item)));
    }

    /// <summary>Explains.</summary>
    public Explainer Explainer => _explainer.Value;

    /// <summary>Finds similar items.</summary>
    /// <exception cref="InputException">The model has no factors.</exception>
    public SimilarRows SimilarItems => _similarItems.Value;

    /// <summary>Finds similar users.</summary>
    /// <exception cref="InputException">The model has no factors.</exception>
    public SimilarRows SimilarUsers => _similarUsers.Value;

    /// <summary>The same version with other new items; all that was made for it is shared.</summary>
    public ServingModel With(NewItems newItems) => new(this, newItems);

    /// <summary>Does once what the first questions would else wait for.</summary>
    public void Warm()
    {
        Lists.Warm();
        _ = _foldIn.Value;
        _ = _explainer.Value;
        if (Saved.Model.ItemFactors is not null)
        {
            _ = SimilarItems;
        }

        if (Saved.Users.Count > 0 && Saved.Items.Count > 0)
        {
            Asker asker = Asker.Of(this, Saved.Users[0]);
            ModelQueries.Predict(this, asker, Saved.Items[0]);
            ModelQueries.Recommend(this, asker, new RecommendQuery { IncludeSeen = true });
        }
    }
}
