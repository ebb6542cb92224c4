"""The claim on the validation score of the best of many: C94."""

from nnbook.claims.model import Claim, Measure
from nnbook.experiments.hyperparameters.choosing import CHOOSING, COINS, IMAGES, MANY

NAMES = {"settings": "100 settings", "seeds": "100 seeds of one setting"}

C94 = Claim(
    id="C94",
    title="The best of many is flattered",
    sentence="The validation score of the best of many models, chosen on the same validation set, is too high.",
    sources=(
        ("cawley2010", "sections 1 and 5"),
        ("cs231nnotes", "image classification, validation sets"),
    ),
    chapter="book/dynamics/hyperparameters",
    evidence="An argument: whoever takes the highest of many noisy scores takes the luckiest. The paper measures it for kernel "
    "methods {cite:p}`cawley2010`; the course notes keep the test set for the very end.",
    method="Simulated: models that are right with probability 0.9 on each of 200 images, independently; the highest share of right "
    "answers minus 90%. Real: 100 nets learn 200 digits for 20 epochs, with random settings (rate, decay, width) or with one "
    "setting and 100 seeds; the best on 200 validation images is tested on 797 others. Validation minus test accuracy, less the same "
    "difference for a net taken at random, which is the luck of the split. Too high means by 0.5 points or more.",
    measures=(
        Measure(
            "simulated_100", "Flattered, best of 100, simulated", CHOOSING, "points", low=0.5
        ),
        *(
            Measure(
                f"flattered_{key}_{IMAGES}",
                f"Flattered, best of {name}",
                CHOOSING,
                "points",
                low=0.5,
            )
            for key, name in NAMES.items()
        ),
        *(
            Measure(f"simulated_{m}", f"Best of {m}, simulated", CHOOSING, "points")
            for m in COINS
            if m != 100
        ),
        *(
            Measure(
                f"flattered_{key}_{MANY}",
                f"Best of {name}, {MANY} validation images",
                CHOOSING,
                "points",
            )
            for key, name in NAMES.items()
        ),
        *(
            Measure(
                f"gained_{key}_{IMAGES}",
                f"Test accuracy, the best of {name} minus one at random",
                CHOOSING,
                "points",
            )
            for key, name in NAMES.items()
        ),
        *(
            Measure(
                f"missed_{key}",
                f"The same, the truly best minus the chosen, {name}",
                CHOOSING,
                "points",
            )
            for key, name in NAMES.items()
        ),
    ),
)

CLAIMS = (C94,)
