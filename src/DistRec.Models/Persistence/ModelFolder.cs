using DistRec.Models.Feedback;

namespace DistRec.Models.Persistence;

/// <summary>
/// A model on disk: a folder with <c>model.json</c>, <c>factors.safetensors</c>, <c>users.ids</c>, <c>items.ids</c> and,
/// where the model has them, <c>ratings.safetensors</c>, <c>titles.txt</c>, <c>attributes.jsonl</c> and <c>features.txt</c>. See docs/models-on-disk.md.
/// </summary>
public static class ModelFolder
{
    internal const string DescriptionFile = "model.json";
    internal const string FactorsFile = "factors.safetensors";
    internal const string RatingsFile = "ratings.safetensors";
    internal const string UsersFile = "users.ids";
    internal const string ItemsFile = "items.ids";
    internal const string TitlesFile = "titles.txt";
    internal const string AttributesFile = "attributes.jsonl";
    internal const string FeaturesFile = "features.txt";

    /// <summary>
    /// Saves a model. Files are written to a temporary neighbour of the folder and brought to the disk before they take the
    /// folder's place, so a crash at any moment leaves the old model or the new one.
    /// </summary>
    /// <param name="path">The folder. One that holds a model is replaced; one that holds anything else is refused.</param>
    /// <param name="model">What to save.</param>
    /// <exception cref="InputException">The folder is not a model's, or the file system refuses; the path is then as it was.</exception>
    /// <exception cref="NumericalException">The model or its metrics hold NaN or an infinity; the path is then as it was.</exception>
    public static void Save(string path, SavedModel model) => new ModelFolderWriter(path).Save(model);

    /// <summary>Whether a path is a folder that holds a model of any format version.</summary>
    public static bool IsModel(string path) => File.Exists(Path.Combine(path, DescriptionFile)) && ModelFolderWriter.IsDescription(Path.Combine(path, DescriptionFile));

    /// <summary>What stands in a model's folder besides the model, and keeps another from being saved in its place; null for nothing.</summary>
    /// <param name="path">The folder of a model.</param>
    public static string? ForeignEntryOf(string path) => ModelFolderWriter.ForeignEntryOf(path);

    /// <summary>What a model's folder says of it; its tables are not looked at.</summary>
    /// <exception cref="InputException">There is no description, or it is none.</exception>
    public static ModelDescription Describe(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return ReadJson(Path.Combine(ModelFolderWriter.WhereModelStands(path), DescriptionFile)).Description;
    }

    /// <summary>Loads a model and checks version, lengths, hashes, shapes and values.</summary>
    /// <param name="path">The folder.</param>
    /// <exception cref="InputException">There is no model, or a file is missing, damaged or of another model.</exception>
    public static SavedModel Load(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        path = ModelFolderWriter.WhereModelStands(path);
        string jsonPath = Path.Combine(path, DescriptionFile);
        if (!Directory.Exists(path))
        {
            throw InputException.At(path, "the folder of a model", File.Exists(path) ? "a file" : "nothing", "give the folder that training saved to");
        }

        ModelJson json = ReadJson(jsonPath);
        foreach (ModelFile file in json.Files)
        {
            FileHash.Verify(path, file);
        }

        ModelDescription about = json.Description;
        FactorModel model = LoadFactors(Path.Combine(path, FactorsFile), json);
        IdMap users = LoadIds(Path.Combine(path, UsersFile), about.UserCount);
        IdMap items = LoadIds(Path.Combine(path, ItemsFile), about.ItemCount);
        IReadOnlyList<string?> titles = json.HasTitles ? LoadLines(Path.Combine(path, TitlesFile), about.ItemCount) : [];
        RatingMatrix? ratings = json.Files.Any(file => file.Name == RatingsFile)
            ? RatingFile.Read(Path.Combine(path, RatingsFile), about.UserCount, about.ItemCount, about.RatingCount)
            : null;
        var saved = new SavedModel(model, users, items, titles, ratings, about)
        {
            // Models of earlier releases have none.
            Attributes = json.Files.Any(file => file.Name == AttributesFile) ? LoadAttributes(Path.Combine(path, AttributesFile), about.ItemCount) : ItemAttributes.None,
        };
        return saved.Description.ModelSha256 == about.ModelSha256
            ? saved
            : throw InputException.At($"{jsonPath}: modelSha256", about.ModelSha256 ?? "none", saved.Description.ModelSha256!, "the tables are not those that were saved; copy or train the model again");
    }

    private static ModelJson ReadJson(string path) =>
        ModelJson.Read(path, FileErrors.Guard(path, "the description of a model", () => File.ReadAllBytes(path)));

    // Models of earlier releases have none of biases, which were factors there.
    private static FactorTable VariancesOf(SafeTensorsReader reader, string path, string name, int rows, int rank)
    {
        FactorTable variances = reader.ReadTable(name, rows);
        return variances.Rank == rank || variances.Rank == rank + 1 ? variances : throw InputException.At(
            $"{path}: tensor {name}", $"{rank + 1} columns, a factor's each and the bias's", $"{variances.Rank}", "train the model again");
    }

    private static FactorModel LoadFactors(string path, ModelJson json)
    {
        ModelDescription about = json.Description;
        using SafeTensorsReader reader = SafeTensorsReader.Open(path);
        float globalMean = reader.ReadSingles(TableNames.GlobalMean, 1)[0];
        float unit = UnitOf(reader, path, about.Kind);
        float[] userBiases = reader.ReadSingles(TableNames.UserBiases, about.UserCount);
        float[] itemBiases = reader.ReadSingles(TableNames.ItemBiases, about.ItemCount);
        FactorTable? userFactors = about.Rank == 0 ? null : reader.ReadTable(TableNames.UserFactors, about.UserCount, about.Rank);
        FactorTable? itemFactors = about.Rank == 0 ? null : reader.ReadTable(TableNames.ItemFactors, about.ItemCount, about.Rank);
        FactorSpread? spread = about.Kind != ModelKinds.Bpmf ? null : new FactorSpread(
            VariancesOf(reader, path, TableNames.UserVariances, about.UserCount, about.Rank),
            VariancesOf(reader, path, TableNames.ItemVariances, about.ItemCount, about.Rank),
            reader.ReadSingles(TableNames.NoiseVariance, 1)[0]);
        return new FactorModel(about.Kind, globalMean, json.Scale, userBiases, itemBiases, userFactors, itemFactors)
        {
            Unit = unit,
            Spread = spread,
            Neighbors = NeighborFile.Read(path, reader, json.Description),
            Layers = LayersFile.Read(reader, json.Description),
            Machine = !ModelKinds.HasFeatures(about.Kind) ? null : MachineFile.Read(path, reader, unit, count => LoadLines(Path.Combine(Path.GetDirectoryName(path)!, FeaturesFile), count)),
            Feedback = FeedbackFactors.ShapeOf(about.Kind, about.Rank) is not { } shape ? null : new FeedbackFactors(
                shape.Form,
                shape.HasExplicit ? reader.ReadTable(TableNames.ExplicitItemFactors, about.ItemCount, about.Rank) : null,
                shape.HasImplicit ? reader.ReadTable(TableNames.ImplicitItemFactors, about.ItemCount, about.Rank) : null),
        };
    }

    // Models of earlier releases have none: their tables are in ratings.
    private static float UnitOf(SafeTensorsReader reader, string path, string kind)
    {
        if (!reader.Contains(TableNames.RatingUnit))
        {
            return kind != ModelKinds.Nmf
                ? 1
                : throw InputException.At(
                    path, $"the table {TableNames.RatingUnit}", "none: nmf of an earlier release, whose predictions do not begin from a mean", "train the model again");
        }

        float unit = reader.ReadSingles(TableNames.RatingUnit, 1)[0];
        return RatingUnits.IsUnit(unit)
            ? unit
            : throw InputException.At($"{path}: {TableNames.RatingUnit}", "a number above 0", $"{unit}", "copy or train the model again");
    }

    private static IdMap LoadIds(string path, int count)
    {
        IdMap ids = FileErrors.Guard(path, "a readable file", () =>
        {
            using FileStream stream = File.OpenRead(path);
            try
            {
                return IdMap.Load(stream);
            }
            catch (InputException exception)
            {
                throw new InputException($"{path}: {exception.Message}", exception);
            }
        });
        return ids.Count == count
            ? ids
            : throw InputException.At(path, $"{count} ids", $"{ids.Count}", "the file belongs to another model");
    }

    private static ItemAttributes LoadAttributes(string path, int count) => FileErrors.Guard(path, "a readable file", () =>
    {
        using FileStream stream = File.OpenRead(path);
        return Persistence.AttributesFile.Read(stream, path, count);
    });

    private static List<string?> LoadLines(string path, int count) => FileErrors.Guard(path, "a readable file", () =>
    {
        using FileStream stream = File.OpenRead(path);
        return EscapedLines.Read(stream, path, count);
    });
}
