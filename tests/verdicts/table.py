"""Which verdicts belong to which lesson."""
from tests.verdicts import autopsy, bags, deciphered, judgement, masked, own, scaled, speech, text, vectors

VERDICTS = {
    "00_start_here": vectors.START_HERE,
    "01_elbo": vectors.ELBO,
    "02_kl": vectors.KL,
    "03_reparameterization": vectors.REPARAMETERIZATION,
    "04_dense_vae": vectors.DENSE_VAE,
    "05_language_models": text.LANGUAGE_MODELS,
    "06_text_vae": text.TEXT_VAE,
    "07_posterior_collapse": text.POSTERIOR_COLLAPSE,
    "08_curing_collapse": text.CURING_COLLAPSE,
    "09_latent_space": text.LATENT_SPACE,
    "10_understanding": text.UNDERSTANDING,
    "11_translation": text.TRANSLATION,
    "12_summarisation": text.SUMMARISATION,
    "13_speech": speech.SPEECH,
    "14_gan": vectors.GAN,
    "15_text_gan": text.TEXT_GAN,
    "17_unpaired_translation": deciphered.UNPAIRED,
    "18_topics_and_tastes": bags.TOPICS_AND_TASTES,
    "19_vae_or_gan": judgement.VAE_OR_GAN,
    "20_tutorial_autopsy": autopsy.AUTOPSY,
    "21_your_own_text": own.YOUR_OWN_TEXT,
    "22_scaling_up": scaled.SCALING_UP,
    "23_masked_diffusion": masked.MASKED,
}
